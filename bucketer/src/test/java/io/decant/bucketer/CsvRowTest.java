package io.decant.bucketer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.openhft.hashing.LongHashFunction;

/** One walk through a row for several keys finds what a walk for each finds. */
class CsvRowTest {

    private static final int ROWS_A_TRY = 200;
    private static final int ROW_BYTES_MAX = 16;

    @Property(tries = 200)
    void shouldFindWhatEachKeyFindsAlone(@ForAll Random random) {
        KeyHasher shared = several(each -> each);
        KeyHasher alone = several(Alone::new);
        // Rows follow each other in the same place, often with the same length.
        long memory = Memory.allocate(ROW_BYTES_MAX);
        try {
            for (int i = 0; i < ROWS_A_TRY; i++) {
                byte[] row = row(random);
                Memory.copyFromArray(row, 0, row.length, memory);
                assertThat(slots(shared, memory, row.length))
                        .as(new String(row, StandardCharsets.ISO_8859_1))
                        .isEqualTo(slots(alone, memory, row.length));
            }
        } finally {
            Memory.free(memory, ROW_BYTES_MAX);
        }
    }

    private static byte[] row(Random random) {
        byte[] row = new byte[random.nextInt(ROW_BYTES_MAX)];
        for (int at = 0; at < row.length; at++) {
            row[at] = (byte) "ab,,,\"\"\r\n\u00e9".charAt(random.nextInt(10));
        }
        return row;
    }

    /** @param wrapper of each extractor */
    private static KeyHasher several(UnaryOperator<KeyExtractor> wrapper) {
        KeyExtractor first = wrapper.apply(KeyRules.DEFAULT.compared(new CsvKeyExtractor(1)));
        KeyExtractor both = new CompositeKeyExtractor(
                List.of(wrapper.apply(new CsvKeyExtractor(3)), wrapper.apply(new CsvKeyExtractor(1))));
        KeyExtractor other = wrapper.apply(new CsvKeyExtractor(2, ';'));
        return new KeyHasher(
                LongHashFunction.xx3(1),
                new SeveralKeysExtractor(
                        List.of("a", "b", "c"),
                        List.of(List.of(first, wrapper.apply(new CsvKeyExtractor(2))), List.of(both), List.of(other))));
    }

    private static List<Long> slots(KeyHasher hasher, long address, int length) {
        boolean found = hasher.find(address, length);
        long first = hasher.hash(address, length);
        return IntStream.range(0, hasher.slots())
                .mapToObj(slot -> !found ? 0L : slot == 0 ? first : hasher.slot(slot))
                .toList();
    }

    /** Shares nothing. */
    private static final class Alone extends KeyExtractor {
        private final KeyExtractor of;

        Alone(KeyExtractor of) {
            this.of = of;
        }

        @Override
        public boolean find(long address, int length) {
            return of.find(address, length);
        }

        @Override
        long hash(LongHashFunction function) {
            return of.hash(function);
        }
    }
}
