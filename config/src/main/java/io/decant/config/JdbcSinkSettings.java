package io.decant.config;

import io.decant.bucketer.KeyArguments;
import io.decant.bucketer.KeySpecException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A sink of {@code type: jdbc}.
 *
 * @param url of the database, without user and password
 * @param password empty: none, or that of {@code passwordFile}
 * @param table with its schema, or without
 * @param deleteTombstones whether a tombstone deletes the row of its key
 * @param deleteIf {@code /pointer=TEXT}: a record with this value there deletes the row of its key; empty: none does
 * @param key columns of the conflict target; empty where {@code mode} is {@code insert}
 * @param columns where in a record the values of columns are; empty: members by the names of columns
 * @param newerBy an update applies only if this column is not older; empty: always
 * @param ledger table of the idempotency keys of what was written
 * @param maxRecords records of a part, which is a transaction
 * @param maxBytes bytes of a part
 * @param concurrency transactions under way at a time, each on a connection of its own
 * @param timeout of one transaction
 */
public record JdbcSinkSettings(
        String url,
        String user,
        Secret password,
        Optional<Path> passwordFile,
        String table,
        WriteMode mode,
        boolean deleteTombstones,
        String deleteIf,
        List<String> key,
        Map<String, String> columns,
        UnknownMembers unknownMembers,
        String newerBy,
        String ledger,
        int maxRecords,
        DataSize maxBytes,
        int concurrency,
        Duration timeout,
        Duration retryMaxDelay,
        int refusedInARow)
        implements SinkSettings {

    /** What stands under {@code type}. */
    public static final String TYPE = "jdbc";

    private static final Pattern KNOWN_URL = Pattern.compile("jdbc:(postgresql|mariadb|mysql):.+", Pattern.DOTALL);
    /** A user before the host, or a parameter: from there on nothing of the URL is shown. */
    private static final Pattern SECRET_IN_URL = Pattern.compile("(?i)//[^/?]*@|[?&;](user|[a-z]*password)=");

    /** Parameters that decide which table a name without a schema is. */
    private static final Pattern OF_SCHEMA = Pattern.compile("(?<=[?&])(currentSchema|options)=[^&]*");

    private static final SectionKeys<JdbcSinkSettings> KEYS = SectionKeys.of(JdbcSinkSettings.class);

    static final Setting<JdbcSinkSettings, String> URL = KEYS.required(
            new ScalarType<>(
                    "a URL",
                    "`jdbc:postgresql:`, `jdbc:mariadb:` or `jdbc:mysql:`",
                    text -> text,
                    text -> text,
                    JdbcSinkSettings::checkUrl,
                    JdbcSinkSettings::hideSecrets),
            "The database, with the parameters of its driver, including those for TLS. Logs and `/status`"
                    + " show it without parameters: put user and password into `user` and `password`.");

    static final Setting<JdbcSinkSettings, String> USER =
            KEYS.optional(Types.text("", text -> {}), "", "Empty: the default of the driver.");

    static final Setting<JdbcSinkSettings, Secret> PASSWORD =
            KEYS.optional(Types.secret("", text -> {}), Secret.NONE, "It is never shown.");

    static final Setting<JdbcSinkSettings, Optional<Path>> PASSWORD_FILE =
            KEYS.optional(Types.OPTIONAL_PATH, Optional.empty(), PasswordFile.DOC);

    static final Setting<JdbcSinkSettings, String> TABLE = KEYS.required(
            SqlNames.TABLE,
            "Where the rows are written. It must exist. Names are written as in the catalog, in" + " the same case.");

    static final Setting<JdbcSinkSettings, WriteMode> MODE = KEYS.optional(
            Types.choice(WriteMode.class),
            WriteMode.UPSERT,
            "`upsert`: a row for each key, inserted or updated. `insert`: a row for each record.");

    static final Setting<JdbcSinkSettings, Boolean> DELETE_TOMBSTONES = KEYS.optional(
            Types.TRUTH,
            false,
            "`true`: a Kafka record without a value deletes the row of its key, for which `bucket.key`"
                    + " must be `kafka-key`. `false`: it goes to the dead letters.");

    static final Setting<JdbcSinkSettings, String> DELETE_IF = KEYS.optional(
            Types.text("`/pointer=TEXT`, or empty", JdbcSinkSettings::checkDeleteIf),
            "",
            "A record with this value there deletes the row of its key.");

    static final Setting<JdbcSinkSettings, List<String>> KEY = KEYS.optional(
            new ListType<>(SqlNames.COLUMN, "a list of columns", "none"),
            List.of(),
            "With `upsert`: the columns that identify a row. The table has a unique index on exactly"
                    + " these, and `bucket.key` must be the values that are written to them, or some of these.");

    static final Setting<JdbcSinkSettings, Map<String, String>> COLUMNS = KEYS.optional(
            new ColumnsType(),
            Map.of(),
            "`auto`: each member of the JSON object is written to the column of its name. Otherwise the"
                    + " columns that are written, and where in the record their values are (RFC 6901).");

    static final Setting<JdbcSinkSettings, UnknownMembers> UNKNOWN_MEMBERS = KEYS.optional(
            Types.choice(UnknownMembers.class),
            UnknownMembers.REFUSE,
            "With `columns: auto`, what happens to a record with a member that has no column. `refuse`: it"
                    + " goes to the dead letters. `ignore`: the member is ignored.");

    static final Setting<JdbcSinkSettings, String> NEWER_BY = KEYS.optional(
            SqlNames.OPTIONAL_COLUMN,
            "",
            "An update or a deletion applies only if the row's value of this column is not greater than"
                    + " the record's, so that replayed dead letters do not overwrite newer rows.");

    static final Setting<JdbcSinkSettings, String> LEDGER = KEYS.optional(
            SqlNames.TABLE,
            "decant_ledger",
            "The table that records what was written, so that nothing is written twice. It is created if"
                    + " it does not exist; if that is not permitted, the statement that creates it is logged.");

    static final Setting<JdbcSinkSettings, Integer> MAX_RECORDS =
            KEYS.optional(Types.wholeNumber(1, 1_000_000), 5_000, "Records of one transaction.");

    /** A part is held in memory while it is under way, and again as what the driver sends. */
    static final Setting<JdbcSinkSettings, DataSize> MAX_BYTES = KEYS.optional(
            Types.size("1KiB", "64MiB"),
            DataSize.ofMebibytes(4),
            "Bytes of the records of one transaction. A larger record is written alone.");

    static final Setting<JdbcSinkSettings, Integer> CONCURRENCY = KEYS.optional(
            Types.wholeNumber(1, 64), 2, "Transactions in flight at a time, all of one bucket, each on a connection.");

    static final Setting<JdbcSinkSettings, Duration> TIMEOUT = KEYS.optional(
            Types.duration("1s", "1d"),
            Duration.ofSeconds(30),
            "How long one transaction may take before it is rolled back and retried.");

    static final Setting<JdbcSinkSettings, Duration> RETRY_MAX_DELAY =
            KEYS.optional(Types.duration("1ms", "1d"), Duration.ofMinutes(1), "Cap of the backoff between two tries.");

    static final Setting<JdbcSinkSettings, Integer> REFUSED_IN_A_ROW = KEYS.optional(
            Types.wholeNumber(0, HttpSinkSettings.REFUSED_IN_A_ROW_MAX),
            1_000,
            "Refused records in a row, without an accepted one in between, after which the sink is"
                    + " `failing`: the last one is retried until it is accepted, and until then nothing else is sent"
                    + " or becomes a dead letter. `0`: no limit.");

    static final Section<JdbcSinkSettings> SECTION = KEYS.section();

    static final ComponentType<JdbcSinkSettings> COMPONENT_TYPE = new ComponentType<>(TYPE, "jdbc.md", SECTION);

    /** @throws IllegalArgumentException if a value is out of its range */
    public JdbcSinkSettings {
        key = List.copyOf(key);
        columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
        URL.check(url);
        USER.check(user);
        PASSWORD.check(password);
        PASSWORD_FILE.check(passwordFile);
        TABLE.check(table);
        MODE.check(mode);
        DELETE_TOMBSTONES.check(deleteTombstones);
        DELETE_IF.check(deleteIf);
        KEY.check(key);
        COLUMNS.check(columns);
        UNKNOWN_MEMBERS.check(unknownMembers);
        NEWER_BY.check(newerBy);
        LEDGER.check(ledger);
        MAX_RECORDS.check(maxRecords);
        MAX_BYTES.check(maxBytes);
        CONCURRENCY.check(concurrency);
        TIMEOUT.check(timeout);
        RETRY_MAX_DELAY.check(retryMaxDelay);
        REFUSED_IN_A_ROW.check(refusedInARow);
    }

    private static void checkUrl(String url) {
        if (!KNOWN_URL.matcher(url).matches()) {
            throw new InvalidValue(
                    "is not the URL of a supported database", "write e.g. jdbc:postgresql://localhost/shop");
        }
        if (SECRET_IN_URL.matcher(url).find()) {
            throw new InvalidValue("has a user or a password in it", "set user and password of the sink");
        }
    }

    private static String hideSecrets(String url) {
        int parameters = url.indexOf('?');
        String shown = parameters < 0 ? url : url.substring(0, parameters) + "?" + Secret.HIDDEN;
        return shown.replaceFirst("//[^/?]*@", "//" + Secret.HIDDEN + "@");
    }

    private static void checkDeleteIf(String text) {
        if (text.isEmpty()) {
            return;
        }
        int equals = text.indexOf('=');
        if (equals < 0) {
            throw new InvalidValue("has no =", "write /pointer=TEXT, e.g. /op=d");
        }
        try {
            KeyArguments.checkPointer(text.substring(0, equals));
        } catch (KeySpecException e) {
            throw new InvalidValue(e.text(), e.wayOut());
        }
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public List<Conflict> conflicts(String path) {
        return JdbcSinkRules.conflicts(path, this);
    }

    @Override
    public List<Conflict> fileConflicts(String path) {
        return PasswordFile.fileConflicts(path, passwordFile);
    }

    @Override
    public List<Conflict> bucketConflicts(String path, BucketSettings bucket) {
        return JdbcSinkRules.bucketConflicts(path, this, bucket);
    }

    /** The URL without parameters: what may be shown. */
    public String database() {
        int parameters = url.indexOf('?');
        return parameters < 0 ? url : url.substring(0, parameters);
    }

    /** The same with the parameters that decide which table a name is: what tells two places apart. */
    public String place() {
        List<String> ofSchema =
                OF_SCHEMA.matcher(url).results().map(MatchResult::group).toList();
        return ofSchema.isEmpty() ? database() : database() + "?" + String.join("&", ofSchema);
    }

    /**
     * The password of a new connection; empty: none. Blocks for as long as the file system does.
     *
     * @throws IOException if the file with it cannot be read; its message names the file
     */
    public Secret currentPassword() throws IOException {
        return PasswordFile.current(password, passwordFile);
    }

    /** A text without password and parameters, which a driver may quote. */
    public String redact(String text) {
        int parameters = url.indexOf('?');
        String shown = parameters < 0 || parameters == url.length() - 1
                ? text
                : text.replace(url.substring(parameters + 1), Secret.HIDDEN);
        return PasswordFile.redact(shown, password, passwordFile);
    }

    /** Where in a record the value of a column is, as a JSON pointer; empty: nowhere. */
    public String pointer(String column) {
        return columns.isEmpty() ? memberPointer(column) : columns.getOrDefault(column, "");
    }

    /** The JSON pointer to a member of the record. */
    public static String memberPointer(String name) {
        return "/" + name.replace("~", "~0").replace("/", "~1");
    }

    @Override
    public JdbcSinkSettings relativeTo(Path folder) {
        return SECTION.with(this, PASSWORD_FILE, passwordFile.map(folder::resolve));
    }
}
