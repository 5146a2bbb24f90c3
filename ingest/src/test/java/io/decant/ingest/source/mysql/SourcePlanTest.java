package io.decant.ingest.source.mysql;

import static io.decant.ingest.source.mysql.MysqlFixtures.ID;
import static io.decant.ingest.source.mysql.MysqlFixtures.TAG;
import static io.decant.ingest.source.mysql.MysqlFixtures.values;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.decant.config.Incremental;
import io.decant.ingest.journal.OpaqueBytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SourcePlanTest {

    private static final RangePlan RANGE = new RangePlan(false, values("a", "1"), values("b\u0000é", "2"));
    private static final TablePlan PLAN =
            MysqlFixtures.plan(1, List.of(TAG, ID), List.of(TAG, ID), List.of(RANGE, RangePlan.ofNulls()));

    @Test
    void shouldComeBackFromTheJournal() {
        IncrementPlan increment = new IncrementPlan(3, null, "9".getBytes(UTF_8));
        SourcePlan plan = new SourcePlan(Map.of()).with("orders", PLAN.with(increment));

        SourcePlan read = SourcePlan.decode(plan.encode());

        TablePlan table = read.tables().get("orders");
        assertThat(table.columns()).isEqualTo(PLAN.columns());
        assertThat(table.key()).isEqualTo(PLAN.key());
        assertThat(table.settings()).isEqualTo(PLAN.settings());
        assertThat(table.rows()).isEqualTo(PLAN.rows());
        assertThat(table.ranges().get(0).high().toArray())
                .isEqualTo(RANGE.high().toArray());
        assertThat(table.ranges().get(1).nulls()).isTrue();
        assertThat(table.check()).isNull();
        assertThat(table.increment().number()).isEqualTo(3);
        assertThat(table.increment().high()).isEqualTo("9".getBytes(UTF_8));
        assertThat(read.encode()).isEqualTo(plan.encode());
    }

    @Test
    void shouldTellPlansApartWhateverTheirIncrementsAre() {
        IncrementPlan increment = new IncrementPlan(1, null, new byte[1]);
        assertThat(SourcePlan.hash(PLAN.with(increment))).isEqualTo(SourcePlan.hash(PLAN));
        TablePlan again = MysqlFixtures.plan(2, PLAN.key(), PLAN.split(), PLAN.ranges());
        assertThat(SourcePlan.hash(again)).isNotEqualTo(SourcePlan.hash(PLAN));
    }

    /** The hash of a table that was imported must not change. */
    @Test
    void shouldWriteOfQueriesOnlyWhereThereIsOne() throws Exception {
        JsonMapper json = JsonMapper.builder()
                .disable(MapperFeature.AUTO_DETECT_IS_GETTERS)
                .build();
        assertThat(json.writeValueAsString(PLAN)).doesNotContain("query", "names", "\"key\":[]");
        TableSelection settings =
                new TableSelection("shop", List.of(), "", Incremental.OFF, "", "SELECT {range}", List.of("o.id"));
        TablePlan query = new TablePlan(
                1,
                settings,
                PLAN.columns(),
                PLAN.key(),
                PLAN.split(),
                PLAN.ranges(),
                1,
                null,
                null,
                null,
                new TreeMap<>(Map.of("id", "`o`.`id`")));
        SourcePlan read =
                SourcePlan.decode(new SourcePlan(Map.of()).with("t", query).encode());
        assertThat(read.tables().get("t").settings()).isEqualTo(settings);
        assertThat(read.tables().get("t").names()).isEqualTo(query.names());
        assertThat(SourcePlan.hash(read.tables().get("t"))).isEqualTo(SourcePlan.hash(query));
        assertThat(settings.differences(PLAN.settings())).containsExactly("query", "key");
    }

    @Test
    void shouldSayWhatToDoWhereItIsTooLong() {
        Random random = new Random(1);
        List<RangePlan> ranges = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            byte[] bound = new byte[1_000];
            random.nextBytes(bound);
            ranges.add(new RangePlan(false, List.of(), List.of(bound)));
        }
        SourcePlan plan = new SourcePlan(Map.of()).with("t", MysqlFixtures.plan(1, List.of(ID), List.of(ID), ranges));
        assertThatExceptionOfType(ImportException.class)
                .isThrownBy(plan::encode)
                .withMessageContaining("lower ranges");
    }

    @Test
    void shouldNotGuessAtWhatANewerVersionWrote() {
        assertThatExceptionOfType(ImportException.class)
                .isThrownBy(() -> SourcePlan.decode(OpaqueBytes.of((byte) 2, (byte) 0)))
                .withMessageContaining("newer version");
    }

    @Test
    void shouldNameTheSettingsThatChanged() {
        TableSelection other = new TableSelection(
                "shop", List.of("id"), "a = 1", PLAN.settings().incremental(), "", "", List.of());
        assertThat(PLAN.settings().differences(other)).containsExactly("columns", "where");
    }
}
