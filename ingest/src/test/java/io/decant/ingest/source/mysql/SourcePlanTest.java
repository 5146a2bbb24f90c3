package io.decant.ingest.source.mysql;

import static io.decant.ingest.source.mysql.MysqlFixtures.ID;
import static io.decant.ingest.source.mysql.MysqlFixtures.TAG;
import static io.decant.ingest.source.mysql.MysqlFixtures.values;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.decant.ingest.journal.OpaqueBytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
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
                "shop", List.of("id"), "a = 1", PLAN.settings().incremental(), "");
        assertThat(PLAN.settings().differences(other)).containsExactly("columns", "where");
    }
}
