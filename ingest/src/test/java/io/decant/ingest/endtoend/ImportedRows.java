package io.decant.ingest.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Compares rows that were delivered with those of the database, each with each, however many they are: of each row a
 * digest is kept, by its table and its number, which are its first columns. Many threads may add rows.
 */
final class ImportedRows {

    private static final Pattern PLACE = Pattern.compile("\\{\"place\":(\\d+),\"n\":(\\d+),");
    private static final int ROWS_HELD = 1_000;

    private final Map<Integer, long[]> expected = new LinkedHashMap<>();
    private final Map<Integer, long[]> found = new LinkedHashMap<>();
    private long others;

    /**
     * Rows that the database has.
     *
     * @param rows numbers are from 1 to this
     * @param json makes a record of a row, in SQL
     */
    void expect(Connection connection, int place, int rows, String table, String json) throws SQLException {
        long[] digests = new long[rows + 1];
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET time_zone = '+00:00'");
            statement.setFetchSize(ROWS_HELD);
            try (ResultSet row = statement.executeQuery("SELECT " + json + " FROM " + table)) {
                while (row.next()) {
                    String record = row.getString(1);
                    digests[number(record)] = digest(record);
                }
            }
        }
        assertThat(Arrays.stream(digests).filter(digest -> digest != 0)).hasSize(rows);
        expected.put(place, digests);
        found.put(place, new long[rows + 1]);
    }

    private static int number(String record) {
        Matcher place = PLACE.matcher(record);
        assertThat(place.lookingAt()).as(record).isTrue();
        return Integer.parseInt(place.group(2));
    }

    private static long digest(String record) {
        try {
            byte[] digest = MessageDigest.getInstance("MD5").digest(record.getBytes(UTF_8));
            return ByteBuffer.wrap(digest).getLong() | 1;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A record that was delivered. */
    synchronized void add(String record) {
        Matcher place = PLACE.matcher(record);
        if (!place.lookingAt()) {
            others++;
            return;
        }
        long[] digests = found.get(Integer.parseInt(place.group(1)));
        int number = Integer.parseInt(place.group(2));
        assertThat(digests[number]).as("twice: %.200s", record).isZero();
        digests[number] = digest(record);
    }

    /** All records of the files of a sink, line by line. */
    void addFiles(Path out) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(out)) {
            files = all.filter(file -> file.getFileName().toString().startsWith("part-"))
                    .toList();
        }
        for (Path file : files) {
            try (BufferedReader lines = Files.newBufferedReader(file)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    add(line);
                }
            }
        }
    }

    /** That each row was added once, as the database has it, and besides these many records of others. */
    synchronized void assertComplete(long expectedOthers) {
        expected.forEach((place, digests) -> assertThat(Arrays.mismatch(digests, found.get(place)))
                .as("table %d", place)
                .isEqualTo(-1));
        assertThat(others).isEqualTo(expectedOthers);
    }

    /** The same expectations, with nothing found yet. */
    ImportedRows again() {
        ImportedRows other = new ImportedRows();
        expected.forEach((place, digests) -> {
            other.expected.put(place, digests);
            other.found.put(place, new long[digests.length]);
        });
        return other;
    }
}
