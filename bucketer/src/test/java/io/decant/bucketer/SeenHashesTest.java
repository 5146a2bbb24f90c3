package io.decant.bucketer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class SeenHashesTest {

    /** Small hashes, which collide in their slots, and a set that is emptied over and over. */
    @Property(tries = 200)
    void shouldBeASet(
            @ForAll @Size(max = 8) List<@Size(max = 300) List<@LongRange(min = -500, max = 500) Long>> fillings) {
        long allocated = Memory.allocatedBytes();
        try (SeenHashes seen = new SeenHashes()) {
            for (List<Long> filling : fillings) {
                Set<Long> model = new HashSet<>();
                for (long hash : filling) {
                    long spread = hash << 4;
                    assertThat(seen.add(spread)).isEqualTo(model.add(spread));
                    assertThat(seen.size()).isEqualTo(model.size());
                }
                seen.clear();
                assertThat(seen.size()).isZero();
            }
        }
        assertThat(Memory.allocatedBytes()).isEqualTo(allocated);
    }
}
