package io.decant.ingest.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Exactly what was put in, and nothing of a batch that is settled. */
class LetterSetTest {

    @Property
    void shouldHoldExactlyWhatWasPutIn(
            @ForAll("letters") List<FiledLetter> put, @ForAll("letters") List<FiledLetter> asked) {
        LetterSet set = new LetterSet();
        put.forEach(set::add);
        Set<FiledLetter> naive = new HashSet<>(put);

        assertThat(put).allMatch(set::contains);
        assertThat(asked).allMatch(filed -> set.contains(filed) == naive.contains(filed));
        set.forget(sink -> sink.isEmpty() ? 2 : 1);
        assertThat(put)
                .allMatch(filed -> set.contains(filed)
                        == filed.letter().batch() > (filed.letter().sink().isEmpty() ? 2 : 1));
    }

    @Provide
    Arbitrary<List<FiledLetter>> letters() {
        Arbitrary<Long> ordinals = Arbitraries.of(0L, 1L, 4095L, 4096L, 4097L, 999_999_999L, 1L << 40);
        return Combinators.combine(
                        Arbitraries.of("aaaaaaaa", "bbbbbbbb"),
                        Arbitraries.longs().between(1, 3),
                        Arbitraries.integers().between(0, 2),
                        ordinals,
                        Arbitraries.of("", "api", "archive"))
                .as((journal, batch, bucket, ordinal, sink) -> new FiledLetter(
                        Instant.EPOCH,
                        journal,
                        sink.isEmpty()
                                ? DeadLetter.withoutKey(batch, ordinal, new byte[0], null)
                                : new DeadLetter(
                                        sink, batch, bucket, ordinal, Reason.REFUSED, 400, "", new byte[0], null)))
                .list()
                .ofMaxSize(30);
    }
}
