package io.decant.ingest.sink.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.ingest.sink.AnswerClass;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DialectTest {

    @ParameterizedTest
    @CsvSource({
        "22003, REFUSED",
        "23505, REFUSED",
        "44000, REFUSED",
        "54000, REFUSED",
        "P0001, REFUSED",
        "08006, AGAIN",
        "25006, AGAIN",
        "40P01, AGAIN",
        "53300, AGAIN",
        "55P03, AGAIN",
        "57014, AGAIN",
        "58030, AGAIN",
        "21000, OUTAGE",
        "28P01, OUTAGE",
        "42703, OUTAGE",
        "P0002, OUTAGE",
        "XX000, OUTAGE",
        "'', OUTAGE",
        "2, OUTAGE",
    })
    void shouldTellByTheClassOfTheStateWhatAnErrorMeans(String state, AnswerClass expected) {
        assertThat(new PostgresDialect().answer(new SQLException("no", state))).isEqualTo(expected);
    }

    @Test
    void shouldTakeAnErrorWithoutAStateForOneThatSomebodyMustMend() {
        assertThat(new PostgresDialect().answer(new SQLException("no"))).isEqualTo(AnswerClass.OUTAGE);
    }

    @ParameterizedTest
    @CsvSource({
        "HY000, 1364, REFUSED",
        "HY000, 1366, REFUSED",
        "01000, 1265, REFUSED",
        "22003, 1264, REFUSED",
        "22007, 1292, REFUSED",
        "23000, 1062, REFUSED",
        "23000, 4025, REFUSED",
        "HY000, 3819, REFUSED",
        "HY000, 1526, REFUSED",
        "08S01, 1153, REFUSED",
        "45000, 1644, REFUSED",
        "HY000, 1205, AGAIN",
        "40001, 1213, AGAIN",
        "70100, 1969, AGAIN",
        "08000, 0, AGAIN",
        "42S02, 1146, OUTAGE",
        "HY000, 1030, OUTAGE",
    })
    void shouldTellByTheNumberFirstInMariaDb(String state, int number, AnswerClass expected) {
        assertThat(new MariaDbDialect().answer(new SQLException("no", state, number)))
                .isEqualTo(expected);
    }

    @Test
    void shouldKnowTheDatabaseByItsUrl() {
        assertThat(Dialect.of("jdbc:postgresql://h/d")).isInstanceOf(PostgresDialect.class);
        assertThat(Dialect.of("jdbc:mariadb://h/d")).isInstanceOf(MariaDbDialect.class);
        assertThat(Dialect.of("jdbc:mysql://h/d").driverUrl("jdbc:mysql://h/d")).isEqualTo("jdbc:mariadb://h/d");
    }

    @Test
    void shouldReadWhatACutFroze() {
        TargetText text =
                TargetText.parse("{\"database\":\"jdbc:postgresql://h/d\",\"table\":\"t\",\"mode\":\"UPSERT\","
                        + "\"delete-if\":\"/op=d\",\"key\":[\"id\"],\"columns\":{\"b\":\"/b\",\"a\":\"/a\"},"
                        + "\"unknown-members\":\"REFUSE\",\"newer-by\":\"\",\"ledger\":\"decant_ledger\"}");
        assertThat(text.columns().keySet()).containsExactly("b", "a");
        assertThat(TargetText.parse(text.text())).isEqualTo(text);
        assertThat(TableName.of("s.t").quoted('"')).isEqualTo("\"s\".\"t\"");
    }

    /** To commit, or to turn autocommit on, would keep half of the part, which the ledger then calls written. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldRollBackWhateverEndsATransaction(boolean isPostgres) throws SQLException {
        Dialect dialect = isPostgres ? new PostgresDialect() : new MariaDbDialect();
        TableShape shape = new TableShape(Map.of("id", "int"), List.of(), List.of(), Map.of(), Optional.empty());
        List<RowGroup> groups = IntStream.range(0, 40)
                .mapToObj(i -> dialect.group(shape, List.of("id"), false))
                .toList();
        TargetText target = TargetText.parse(
                "{\"database\":\"d\",\"table\":\"t\",\"mode\":\"INSERT\",\"delete-if\":\"\","
                        + "\"key\":[],\"columns\":{},\"unknown-members\":\"REFUSE\",\"newer-by\":\"\",\"ledger\":\"l\"}");
        List<String> calls = new ArrayList<>();
        Connection connection = (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    calls.add(method.getName());
                    if (method.getName().equals("prepareStatement")) {
                        throw new OutOfMemoryError("a packet");
                    }
                    return null;
                });
        assertThatThrownBy(() -> dialect.write(connection, target, new LedgerRow("a", "s", 1, 0), groups))
                .isInstanceOf(OutOfMemoryError.class);
        groups.forEach(RowGroup::close);
        assertThat(calls).doesNotContain("commit").contains("rollback");
        if (isPostgres) {
            assertThat(calls).containsExactly("setAutoCommit", "prepareStatement", "rollback", "setAutoCommit");
        }
    }
}
