package io.decant.loadtest.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.decant.loadtest.load.RealRecords.Form;
import io.decant.loadtest.load.RealRecords.Keys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RealRecordsTest {

    private static final int CHUNK_BYTES = 1 << 20;
    private static final Pattern USER = Pattern.compile("user=(\\w+)");
    private static final ObjectMapper JACKSON = new ObjectMapper();

    private static List<String> take(RecordPool pool, int chunks) {
        List<String> records = new ArrayList<>();
        for (int i = 0; i < chunks; i++) {
            String text = StandardCharsets.US_ASCII.decode(pool.take()).toString();
            records.addAll(List.of(text.substring(0, text.length() - 1).split("\n", -1)));
        }
        return records;
    }

    private static String key(Form form, String record) throws IOException {
        return switch (form) {
            case JSON -> {
                JsonNode json = JACKSON.readTree(record);
                assertThat(json.at("/order/id").asText()).isNotEmpty();
                yield json.at("/user/id").asText();
            }
            case CSV -> record.split(",", -1)[1];
            case LOG -> {
                Matcher user = USER.matcher(record);
                assertThat(user.find()).isTrue();
                yield user.group(1);
            }
        };
    }

    private static List<String> keys(Form form, Keys keys, int chunks) throws IOException {
        List<String> found = new ArrayList<>();
        for (String record : take(RealRecords.pool(form, keys, CHUNK_BYTES, 1), chunks)) {
            assertThat(record).hasSize(RealRecords.BYTES);
            found.add(key(form, record));
        }
        return found;
    }

    @ParameterizedTest
    @EnumSource
    void shouldHaveKeysOfWhichOneInTenRepeats(Form form) throws IOException {
        List<String> keys = keys(form, Keys.FEW_REPEATS, 4);
        assertThat((double) new HashSet<>(keys).size() / keys.size()).isBetween(0.88, 0.92);
    }

    @Test
    void shouldHaveOneHotKey() throws IOException {
        Map<String, Integer> counts = new HashMap<>();
        List<String> keys = keys(Form.JSON, Keys.ONE_HOT, 4);
        keys.forEach(key -> counts.merge(key, 1, Integer::sum));
        int most = counts.values().stream().mapToInt(count -> count).max().orElseThrow();
        assertThat((double) most / keys.size()).isBetween(0.008, 0.012);
        assertThat(counts.values().stream().filter(count -> count > 1)).hasSize(1);
    }

    @Test
    void shouldHaveKeysByZipfsLaw() throws IOException {
        Map<String, Integer> counts = new HashMap<>();
        List<String> keys = keys(Form.JSON, Keys.ZIPF, 20);
        keys.forEach(key -> counts.merge(key, 1, Integer::sum));
        List<Integer> sorted = new ArrayList<>(counts.values());
        sorted.sort((a, b) -> b - a);
        // 1 / (ln(1e6) + 0.58) of them have the first, and half as many the second.
        assertThat((double) sorted.get(0) / keys.size()).isBetween(0.06, 0.08);
        assertThat((double) sorted.get(1) / sorted.get(0)).isBetween(0.45, 0.55);
    }

    @Test
    void shouldHaveOtherKeysInEachRound() throws IOException {
        RecordPool pool = RealRecords.pool(Form.JSON, Keys.FEW_REPEATS, CHUNK_BYTES, 1);
        Set<String> first = new HashSet<>();
        for (String record : take(pool, 1)) {
            first.add(key(Form.JSON, record));
        }
        take(pool, pool.chunks() - 1);
        for (String record : take(pool, 1)) {
            assertThat(first).doesNotContain(key(Form.JSON, record));
        }
    }
}
