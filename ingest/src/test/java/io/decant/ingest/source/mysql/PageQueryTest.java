package io.decant.ingest.source.mysql;

import static io.decant.ingest.source.mysql.MysqlFixtures.AT;
import static io.decant.ingest.source.mysql.MysqlFixtures.ID;
import static io.decant.ingest.source.mysql.MysqlFixtures.TAG;
import static io.decant.ingest.source.mysql.MysqlFixtures.values;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.Incremental;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PageQueryTest {

    private static final RangePlan RANGE = new RangePlan(false, values("10"), values("20"));

    @Test
    void shouldGoByTheKeyFromTheRangesBeginning() {
        TablePlan plan = MysqlFixtures.plan(1, List.of(ID), List.of(ID), List.of(RANGE));
        PageQuery query = PageQuery.of("`id`, `tag`", RowSet.ofTable("`shop`.`orders`", ""), plan, RANGE);
        assertThat(query.page(List.of(), 9))
                .isEqualTo(
                        "SELECT `id`, `tag` FROM `shop`.`orders` WHERE (`id` <= 20) AND (`id` > 10) ORDER BY `id` LIMIT 9");
        assertThat(query.page(values("15"), 9)).endsWith("WHERE (`id` <= 20) AND (`id` > 15) ORDER BY `id` LIMIT 9");
    }

    @Test
    void shouldBoundByAnotherColumnAndGoByTheKey() {
        TablePlan plan = MysqlFixtures.plan(1, List.of(ID), List.of(AT), List.of(RANGE, RangePlan.ofNulls()));
        RangePlan range = new RangePlan(false, values("2026-01-01"), values("2026-02-01"));
        assertThat(PageQuery.of("*", RowSet.ofTable("t", ""), plan, range).page(values("15"), 9))
                .isEqualTo("SELECT * FROM t WHERE (`at` > '2026-01-01') AND (`at` <= '2026-02-01') AND (`id` > 15)"
                        + " ORDER BY `id` LIMIT 9");
        assertThat(PageQuery.of("*", RowSet.ofTable("t", ""), plan, RangePlan.ofNulls())
                        .page(List.of(), 9))
                .isEqualTo("SELECT * FROM t WHERE (`at` IS NULL) ORDER BY `id` LIMIT 9");
    }

    /** A comment at its end must not hide what follows. */
    @Test
    void shouldAddTheUsersCondition() {
        TableSelection selection =
                new TableSelection("shop", List.of(), "a = 1 -- one", Incremental.APPEND, "at", "", List.of());
        TablePlan plan = new TablePlan(
                1,
                selection,
                List.of(ID),
                List.of(ID),
                List.of(ID),
                List.of(),
                0,
                AT,
                "2026-01-01".getBytes(StandardCharsets.UTF_8),
                null,
                null);
        assertThat(PageQuery.of("*", RowSet.ofTable("t", "a = 1 -- one"), plan, RANGE)
                        .page(List.of(), 9))
                .isEqualTo("SELECT * FROM t WHERE (a = 1 -- one\n) AND (`id` <= 20) AND (`at` <= '2026-01-01')"
                        + " AND (`id` > 10) ORDER BY `id` LIMIT 9");
        IncrementPlan increment = new IncrementPlan(
                1, values("2026-01-01").get(0), values("2026-01-02").get(0));
        assertThat(PageQuery.of("*", RowSet.ofTable("t", "a = 1 -- one"), plan, increment)
                        .page(List.of(), 9))
                .endsWith("(`at` > '2026-01-01') AND (`at` <= '2026-01-02') ORDER BY `id` LIMIT 9");
    }

    /** Around a query a condition always means what it says; inside of it an index is used. */
    @Test
    void shouldBoundAQueryInsideAndOutside() {
        TablePlan plan = MysqlFixtures.plan(1, List.of(ID), List.of(TAG), List.of(RANGE));
        String query = "SELECT o.id, tag FROM orders o WHERE {range} -- end";
        RangePlan range = new RangePlan(false, List.of(), values("b"));
        String tag = "_utf8mb4 X'62' USING latin1) COLLATE latin1_german2_ci";
        assertThat(PageQuery.of("`id`", RowSet.ofQuery(query, Map.of("id", "`o`.`id`")), plan, range)
                        .page(values("15"), 9))
                .isEqualTo("SELECT `id` FROM (SELECT o.id, tag FROM orders o WHERE ((`o`.`id` > 15)) -- end\n)"
                        + " AS decant_rows WHERE (CONCAT(`tag`) <= CONVERT(" + tag + ") AND (`id` > 15)"
                        + " ORDER BY `id` LIMIT 9");
        assertThat(PageQuery.of("`id`", RowSet.ofQuery(query, Map.of()), plan, range)
                        .page(List.of(), 9))
                .contains("WHERE (TRUE) -- end\n) AS decant_rows WHERE (CONCAT(`tag`) <= ");
    }

    @Test
    void shouldNameItsStreams() {
        TablePlan first = MysqlFixtures.plan(1, List.of(TAG), List.of(TAG), List.of(RANGE));
        TablePlan second = MysqlFixtures.plan(2, List.of(TAG), List.of(TAG), List.of(RANGE));
        assertThat(first.stream("orders", 3)).isEqualTo("orders/3");
        assertThat(first.incrementStream("orders")).isEqualTo("orders/increments");
        assertThat(second.stream("orders", 3)).isEqualTo("orders/2.3");
        assertThat(second.incrementStream("orders")).isEqualTo("orders/2.increments");
    }
}
