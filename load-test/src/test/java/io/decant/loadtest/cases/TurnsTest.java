package io.decant.loadtest.cases;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Which build a round begins with, where two are compared. */
class TurnsTest {

    private final List<String> turns = new ArrayList<>();

    private List<String> turns(Optional<Path> earlier, int round) throws IOException {
        LoadTest test = new LoadTest(
                Path.of("new"),
                earlier,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Path.of("."),
                null,
                5,
                OptionalInt.empty(),
                1,
                what -> {});
        test.inTurn(round, home -> turns.add("ours " + home), home -> turns.add("theirs " + home));
        return turns;
    }

    @Test
    void shouldBeginWithEachBuildInEveryOtherRound() throws IOException {
        assertThat(turns(Optional.of(Path.of("old")), 0)).containsExactly("ours new", "theirs old");
        turns.clear();
        assertThat(turns(Optional.of(Path.of("old")), 1)).containsExactly("theirs old", "ours new");
    }

    @Test
    void shouldMeasureThisBuildAloneWhereThereIsNoOther() throws IOException {
        assertThat(turns(Optional.empty(), 1)).containsExactly("ours new");
    }
}
