package io.decant.ingest.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.bucketer.Fold;
import io.decant.bucketer.KeyHasher;
import io.decant.bucketer.KeySpec;
import io.decant.bucketer.Keying;
import io.decant.bucketer.Memory;
import io.decant.bucketer.MissingKey;
import io.decant.ingest.receiver.ReceivedRequest;
import io.decant.ingest.receiver.TestReceiver;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a real PostgreSQL takes for the same key, and a table of it that has two: a primary key and a unique e-mail. */
class KeysPostgresIT {

    private static final int NUMBERS = 20_000;
    private static final int TEXTS = 20_000;
    private static final int EQUAL_MIN = 1_000;
    /** All letters with a case are in the first two planes. */
    private static final int CHARACTERS = 0x20000;

    /** Where {@code lower()}, by which {@code citext} compares, makes {@code i} of it, simple folding leaves it. */
    private static final int CAPITAL_I_WITH_DOT = 0x130;
    /** Vithkuqi, which came with Unicode 14. */
    private static final int UNICODE_14 = 0x10570;

    private static final int UNICODE_14_SMALL = 0x10597;
    /** Letters that have the capital of another small letter: the same when folded, which {@code lower()} leaves. */
    private static final String SMALL_AS_WELL = "\u00B5\u017F\u0345\u03C2\u03D0\u03D1\u03D5\u03D6\u03F0\u03F1\u03F5"
            + "\u1C80\u1C81\u1C82\u1C83\u1C84\u1C85\u1C86\u1C87\u1C88\u1E9B\u1FBE";

    private static final KeySpec CITEXT = KeySpec.parse("json:/k").with(Fold.CASE, ',');

    private static final int PEOPLE = 200;
    private static final int MAILS = 240;
    private static final int EVENTS = 2_000;
    private static final long PATIENCE_MILLIS = 60_000;

    private static final String SUCCESS = "00000";
    private static final String CARDINALITY_VIOLATION = "21000";
    private static final String UNIQUE_VIOLATION = "23505";
    private static final int UNPROCESSABLE = 422;

    private static final String SCHEMA = """
            CREATE EXTENSION citext;
            CREATE TABLE person (id bigint PRIMARY KEY, email citext UNIQUE, version int NOT NULL)
            """;
    private static final String UPSERT = """
            INSERT INTO person SELECT after.* FROM json_array_elements(?::json) AS event,
                json_to_record(event -> 'after') AS after (id bigint, email citext, version int)
            ON CONFLICT (id) DO UPDATE SET email = excluded.email, version = excluded.version""";

    private static DatabaseProcess postgres;
    private static int databases;

    @TempDir
    Path folder;

    private final Random random = new Random(Long.getLong("decant.seed", 20261129L));
    private final Queue<String> refusals = new ConcurrentLinkedQueue<>();
    private final AtomicInteger stored = new AtomicInteger();
    private final AtomicInteger refusedAlone = new AtomicInteger();
    private Connection connection;
    private TestReceiver receiver;
    private ServerProcess server;

    @AfterAll
    static void stopPostgres() throws Exception {
        if (postgres != null) {
            postgres.close();
        }
    }

    @BeforeEach
    void createDatabase() throws Exception {
        // Once for all, but here: each test that is skipped says why.
        if (postgres == null) {
            postgres = DatabaseProcess.postgres();
        }
        String name = "keys_" + ++databases;
        String first = postgres.createDatabase(name + "_c", Files.writeString(folder.resolve("empty.sql"), ""));
        try (Connection any = DriverManager.getConnection(first)) {
            // By PostgreSQL's own tables, whatever libraries the machine has; in locale C only ASCII has a case.
            execute(
                    any,
                    "CREATE DATABASE " + name + " TEMPLATE template0 LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'");
        }
        connection = DriverManager.getConnection(first.replace(name + "_c", name));
        execute(connection, SCHEMA);
        receiver = new TestReceiver(1, this::answer);
    }

    @AfterEach
    void closeAll() throws Exception {
        if (server != null) {
            server.kill();
        }
        if (receiver != null) {
            receiver.close();
        }
        if (connection != null) {
            connection.close();
        }
    }

    @Test
    void shouldTakeTheNumbersForOneKeyThatPostgresTakesForOneNumeric() throws Exception {
        List<String> records = new ArrayList<>();
        while (records.size() < NUMBERS) {
            BigDecimal value = number();
            BigDecimal near = value.add(BigDecimal.ONE.movePointLeft(value.scale()));
            for (BigDecimal each : List.of(value, value, value, near, value.negate(), value.scaleByPowerOfTen(1))) {
                records.add(record(spelling(each)));
            }
        }
        assertSameKeys(records, KeySpec.parse("json:/k"), "numeric");
    }

    @Test
    void shouldTakeTheLettersForOneKeyThatPostgresTakesForOneCitext() throws Exception {
        assertSameKeys(known().mapToObj(KeysPostgresIT::letter).toList(), CITEXT, "citext");
    }

    @Test
    void shouldTakeTheTextsForOneKeyThatPostgresTakesForOneCitext() throws Exception {
        int[] cased = known().filter(c -> Character.toLowerCase(c) != c || Character.toUpperCase(c) != c)
                .toArray();
        List<String> records = new ArrayList<>();
        while (records.size() < TEXTS) {
            int[] text = random.ints(1 + random.nextInt(5), 0, cased.length)
                    .map(i -> cased[i])
                    .toArray();
            for (int copy = 0; copy < 8; copy++) {
                records.add(record(spelling(text)));
            }
        }
        assertSameKeys(records, CITEXT, "citext");
    }

    @Test
    void shouldDifferFromCitextInTheLettersThatTheDocumentationNames() throws Exception {
        List<List<String>> pairs = List.of(
                List.of(letter('i'), letter(CAPITAL_I_WITH_DOT)),
                List.of(letter(UNICODE_14), letter(UNICODE_14_SMALL)));
        for (List<String> pair : pairs) {
            assertThat(ranks(pair, "citext")).containsOnly(1);
            assertThat(hashes(pair, CITEXT)).doesNotHaveDuplicates();
        }
        for (int letter : SMALL_AS_WELL.codePoints().toArray()) {
            List<String> pair = List.of(letter(letter), letter(Character.toUpperCase(letter)));
            assertThat(ranks(pair, "citext")).as(Character.getName(letter)).doesNotHaveDuplicates();
            assertThat(hashes(pair, CITEXT)[0]).as(Character.getName(letter)).isEqualTo(hashes(pair, CITEXT)[1]);
        }
    }

    /** Characters that both know and compare by the same pairs of a capital and a small letter. */
    private static IntStream known() {
        return IntStream.range(' ', CHARACTERS)
                .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
                .filter(c -> c != CAPITAL_I_WITH_DOT && SMALL_AS_WELL.indexOf(c) < 0 && !isSinceUnicode14(c));
    }

    /** Letters with a case that came after Unicode 13, as far as to Unicode 16. */
    private static boolean isSinceUnicode14(int character) {
        return character == 0x2C2F
                || character == 0x2C5F
                || (character >= 0xA7C0 && character <= 0xA7C1)
                || (character >= 0xA7CB && character <= 0xA7DC)
                || (character >= 0x1C89 && character <= 0x1C8A)
                || (character >= 0x10570 && character <= 0x105BC)
                || (character >= 0x10D50 && character <= 0x10D85);
    }

    /** A record whose value is this character behind a letter, so that it is no number. */
    private static String letter(int character) {
        return record(quoted("x" + Character.toString(character)));
    }

    /** A text in some case and some of the ways in which JSON writes it; it begins with a letter, and is no number. */
    private String spelling(int[] text) {
        StringBuilder spelling = new StringBuilder("\"");
        for (int character : text) {
            int other = random.nextBoolean() ? Character.toUpperCase(character) : Character.toLowerCase(character);
            String written = Character.toString(other);
            spelling.append(random.nextInt(4) == 0 ? escaped(written) : written);
        }
        return spelling.append('"').toString();
    }

    private static String escaped(String text) {
        return text.chars().mapToObj("\\u%04x"::formatted).collect(Collectors.joining());
    }

    @Test
    void shouldSeeAStreamThatPostgresTakesOneByOneButNotInOneStatement() throws Exception {
        List<String> events = new ArrayList<>();
        Map<Long, String> people = move(events);
        for (String event : events) {
            assertThat(upsert("[" + event + "]")).isEqualTo(SUCCESS);
        }
        assertThat(people()).isEqualTo(people);
        execute(connection, "TRUNCATE person");
        assertThat(upsert("[" + String.join(",", events) + "]")).isEqualTo(CARDINALITY_VIOLATION);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{key: json:/after/id}",
                "{keys: {id: json:/after/id, email: json:/after/email}, fold: case}",
                "{keys: {id: json:/after/id, email: {any-of: [json:/before/email, json:/after/email]}}}",
            })
    void shouldSeeBucketsRefusedThatHoldAnEmailTwice(String bucket) throws Exception {
        List<String> events = new ArrayList<>();
        move(events);
        run(bucket, events, () -> refusedAlone.get() > 0);
        assertThat(refusals).isNotEmpty().containsOnly(UNIQUE_VIOLATION);
    }

    @Test
    void shouldMoveEmailsBetweenRowsWithBothKeys() throws Exception {
        List<String> events = new ArrayList<>();
        Map<Long, String> people = move(events);
        run(
                "{keys: {id: json:/after/id, email: {any-of: [json:/before/email, json:/after/email]}}, fold: case}",
                events,
                () -> stored.get() >= events.size());
        assertThat(server.stop()).as(server.log()).isZero();
        assertThat(refusals).isEmpty();
        assertThat(stored).hasValue(events.size());
        assertThat(people()).isEqualTo(people);
    }

    /** Delivers events to the table until something is so. */
    private void run(String bucket, List<String> events, BooleanSupplier isEnough) throws Exception {
        int port = Ports.next();
        Path settings = Files.writeString(
                folder.resolve("decant.yaml"), """
                data-dir: %s
                sources:
                  lines:
                    type: tcp
                    address: 127.0.0.1:%d
                    session: required
                journal:
                  segment-size: 8MiB
                  min-free: 1MiB
                batch:
                  interval: 300ms
                bucket: %s
                sinks:
                  postgres:
                    type: http
                    url: %s/
                    format: json
                    retry-max-delay: 200ms
                admin:
                  address: 127.0.0.1:0
                """.formatted(folder.resolve("data"), port, bucket, receiver.url()));
        server = ServerProcess.start(folder, settings);
        SessionClient client = new SessionClient(
                "people-1",
                port,
                events.stream().map(event -> event.getBytes(UTF_8)).toList(),
                Duration.ofMillis(PATIENCE_MILLIS));
        client.allow(events.size());
        client.run();
        assertThat(client.violation()).isEmpty();
        assertThat(client.isDone()).as("all acknowledged: %s", server.log()).isTrue();
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        while (!isEnough.getAsBoolean()) {
            assertThat(server.isAlive() && System.nanoTime() - deadline < 0)
                    .as("%s stored, refused %s: %s", stored, refusals, server.log())
                    .isTrue();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    /** The receiver: a bucket, a statement. What PostgreSQL refuses is at fault itself, whatever comes behind it. */
    private int answer(ReceivedRequest request) {
        String state = upsert(request.body());
        int records = Math.toIntExact(request.part().records());
        if (state.equals(SUCCESS)) {
            stored.addAndGet(records);
            return 200;
        }
        refusals.add(state);
        if (records == 1) {
            refusedAlone.incrementAndGet();
        }
        return state.startsWith("2") ? UNPROCESSABLE : TestReceiver.RETRY_NOW;
    }

    private synchronized String upsert(String events) {
        try (PreparedStatement statement = connection.prepareStatement(UPSERT)) {
            statement.setString(1, events);
            statement.executeUpdate();
            return SUCCESS;
        } catch (SQLException e) {
            return String.valueOf(e.getSQLState());
        }
    }

    /** What each row holds: e-mail as last written, and version. */
    private synchronized Map<Long, String> people() throws SQLException {
        Map<Long, String> people = new TreeMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT id, email, version FROM person")) {
            while (rows.next()) {
                people.put(rows.getLong(1), rows.getString(2) + " " + rows.getInt(3));
            }
        }
        return people;
    }

    /**
     * Changes of a table in which every e-mail is unique at any time, whatever its case; half of those that a row takes
     * are what another gave up just before. Adds them to the list, and returns what the table holds after all.
     */
    private Map<Long, String> move(List<String> events) {
        Deque<String> free = new ArrayDeque<>();
        for (int i = 0; i < MAILS; i++) {
            free.add("mail" + i + "@example.org");
        }
        String[] mails = new String[PEOPLE];
        Map<Long, String> people = new TreeMap<>();
        for (int version = 0; version < EVENTS; version++) {
            int id = version < PEOPLE ? version : random.nextInt(PEOPLE);
            String before = mails[id];
            String taken = random.nextBoolean() ? free.pollLast() : free.pollFirst();
            String after = inAnyCase(taken);
            if (random.nextInt(20) == 0) {
                free.addFirst(taken);
                after = null;
            }
            if (before != null) {
                free.addLast(before.toLowerCase(Locale.ROOT));
            }
            mails[id] = after;
            people.put((long) id, after + " " + version);
            events.add("{\"before\":%s,\"after\":{\"id\":%d,\"email\":%s,\"version\":%d}}"
                    .formatted(
                            version < PEOPLE ? "null" : "{\"email\":" + quoted(before) + "}",
                            id,
                            quoted(after),
                            version));
        }
        return people;
    }

    private String inAnyCase(String text) {
        return random.nextBoolean() ? text : text.toUpperCase(Locale.ROOT);
    }

    private static String quoted(String text) {
        return text == null ? "null" : "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    private static String record(String value) {
        return "{\"k\":" + value + "}";
    }

    /** Numbers that PostgreSQL knows: it has at most 131072 digits before the point, and 16383 behind it. */
    private BigDecimal number() {
        int bits = random.nextInt(20) == 0 ? 2_000 : 1 + random.nextInt(70);
        int scale = random.nextInt(10) == 0 ? random.nextInt(16_000) - 8_000 : random.nextInt(50) - 25;
        BigInteger digits = new BigInteger(bits, random);
        return new BigDecimal(random.nextBoolean() ? digits : digits.negate(), scale);
    }

    /** One of the many ways in which JSON writes a number, or a string that is one. */
    private String spelling(BigDecimal value) {
        int zeros = random.nextInt(6);
        BigInteger digits = value.unscaledValue().abs().multiply(BigInteger.TEN.pow(zeros));
        long exponent = -(long) value.scale() - zeros;
        int behindPoint = random.nextInt(30);
        String plain = new BigDecimal(digits, behindPoint).toPlainString();
        String power = Long.toString(Math.abs(exponent + behindPoint));
        String sign = exponent + behindPoint < 0 ? "-" : random.nextBoolean() ? "" : "+";
        String number = (value.signum() < 0 || (value.signum() == 0 && random.nextBoolean()) ? "-" : "")
                + plain
                + (random.nextBoolean() ? "e" : "E")
                + sign
                + "0".repeat(random.nextInt(3))
                + power;
        if (Math.abs(value.scale()) < 60 && random.nextBoolean()) {
            number = (number.startsWith("-") ? "-" : "")
                    + value.abs().setScale(Math.max(0, value.scale()) + zeros).toPlainString();
        }
        return switch (random.nextInt(6)) {
            case 0 -> "\"" + number + "\"";
            case 1 -> "\"" + number.replace("1", "\\u0031").replace(".", "\\u002e") + "\"";
            default -> number;
        };
    }

    private void assertSameKeys(List<String> records, KeySpec spec, String type) throws SQLException {
        long[] hashes = hashes(records, spec);
        long[] ranks = ranks(records, type);
        Map<Long, Integer> byHash = new HashMap<>();
        Map<Long, Integer> byRank = new HashMap<>();
        for (int i = 0; i < hashes.length; i++) {
            Integer sameKey = byHash.putIfAbsent(hashes[i], i);
            Integer sameRank = byRank.putIfAbsent(ranks[i], i);
            // The first that is equal is the same for both, so all are.
            assertThat(sameKey)
                    .as(
                            "%s is equal to %s here, and to %s in PostgreSQL",
                            records.get(i),
                            sameKey == null ? "none" : records.get(sameKey),
                            sameRank == null ? "none" : records.get(sameRank))
                    .isEqualTo(sameRank);
        }
        // Else it says nothing.
        assertThat(byHash.size()).isBetween(EQUAL_MIN, records.size() - EQUAL_MIN);
    }

    /** The records' keys as a bucket compares them. */
    private static long[] hashes(List<String> records, KeySpec spec) {
        KeyHasher hasher = new Keying(spec, MissingKey.RECORD, 7).newHasher();
        return records.stream().mapToLong(record -> hash(hasher, record)).toArray();
    }

    private static long hash(KeyHasher hasher, String record) {
        byte[] bytes = record.getBytes(UTF_8);
        long address = Memory.allocate(bytes.length);
        try {
            Memory.copyFromArray(bytes, 0, bytes.length, address);
            return hasher.hash(address, bytes.length);
        } finally {
            Memory.free(address, bytes.length);
        }
    }

    /** The same number for records whose values PostgreSQL takes for equal, once they are of a type. */
    private long[] ranks(List<String> records, String type) throws SQLException {
        String query = "SELECT dense_rank() OVER (ORDER BY (record::json ->> 'k')::" + type + ") FROM unnest(?::text[])"
                + " WITH ORDINALITY AS given (record, place) ORDER BY place";
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setArray(1, connection.createArrayOf("text", records.toArray()));
            long[] ranks = new long[records.size()];
            try (ResultSet rows = statement.executeQuery()) {
                for (int i = 0; i < ranks.length; i++) {
                    assertThat(rows.next()).isTrue();
                    ranks[i] = rows.getLong(1);
                }
            }
            return ranks;
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
