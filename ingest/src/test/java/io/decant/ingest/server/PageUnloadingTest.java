package io.decant.ingest.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PageUnloadingTest {

    private static final long START_NANOS = 1_000_000_000_000L;

    private final List<Runnable> mapped = new ArrayList<>();
    private int unloads;
    private int releases;
    private boolean isMuch = true;
    private final List<Runnable> muchRead = new ArrayList<>();
    private final PageUnloading stage = new PageUnloading(this::unload, mapped::add, muchRead::add, () -> releases++);

    private boolean unload(long bytesMin) {
        assertThat(bytesMin).isEqualTo(PageUnloading.MAPPED_BYTES_MIN);
        unloads++;
        return isMuch;
    }

    @Test
    void shouldDoNothingUntilASegmentIsMapped() {
        assertThat(stage.work(START_NANOS)).isFalse();
        assertThat(stage.wakeAtNanos()).isEqualTo(Long.MAX_VALUE);
        assertThat(unloads).isZero();
    }

    @Test
    void shouldUnloadAgainAndAgainWhileMuchIsMapped() {
        mapped.get(0).run();
        assertThat(stage.work(START_NANOS)).isFalse();
        assertThat(stage.wakeAtNanos()).isEqualTo(START_NANOS + PageUnloading.INTERVAL_NANOS);

        long now = stage.wakeAtNanos();
        assertThat(stage.work(now)).isTrue();
        assertThat(stage.work(now)).isFalse();
        assertThat(unloads).isEqualTo(1);
        assertThat(stage.wakeAtNanos()).isEqualTo(now + PageUnloading.INTERVAL_NANOS);

        long later = START_NANOS + PageUnloading.SOON_NANOS;
        assertThat(stage.work(later)).isTrue();
        assertThat(stage.wakeAtNanos()).isEqualTo(later + PageUnloading.LATER_INTERVAL_NANOS);

        isMuch = false;
        assertThat(stage.work(stage.wakeAtNanos())).isTrue();
        assertThat(releases).isZero();
        assertThat(stage.wakeAtNanos()).isEqualTo(START_NANOS + PageUnloading.IDLE_NANOS);
    }

    @Test
    void shouldReleaseWhatIsKeptForBatchesOnceWhenNoneComes() {
        mapped.get(0).run();
        stage.work(START_NANOS);
        stage.work(START_NANOS + PageUnloading.IDLE_NANOS);
        stage.work(stage.wakeAtNanos());
        assertThat(releases).isEqualTo(1);

        isMuch = false;
        stage.work(stage.wakeAtNanos());

        assertThat(releases).isEqualTo(1);
        assertThat(stage.wakeAtNanos()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void shouldUnloadAtOnceWhenMuchWasRead() {
        mapped.get(0).run();
        stage.work(START_NANOS);

        muchRead.get(0).run();

        assertThat(stage.work(START_NANOS + 1)).isTrue();
        assertThat(unloads).isEqualTo(1);
        assertThat(stage.work(START_NANOS + 2)).isFalse();
    }

    @Test
    void shouldLookSoonAgainWhenTheNextSegmentIsMapped() {
        mapped.get(0).run();
        stage.work(START_NANOS);
        long later = START_NANOS + PageUnloading.SOON_NANOS;
        stage.work(later);

        mapped.get(0).run();
        stage.work(later + 1);

        assertThat(stage.wakeAtNanos()).isEqualTo(later + 1 + PageUnloading.INTERVAL_NANOS);
    }
}
