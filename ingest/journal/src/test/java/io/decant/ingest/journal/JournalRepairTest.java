package io.decant.ingest.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.ingest.journal.SmallJournal.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Damaged journals on disk: what verify says of them, and what repair makes of them. */
@Timeout(120)
class JournalRepairTest {

    @TempDir
    Path folder;

    private RepairWorld world;

    @BeforeEach
    void write() throws IOException {
        world = new RepairWorld(folder);
    }

    @Test
    void shouldDoNothingToAHealthyJournal() throws IOException {
        assertThat(world.repair().done()).isEmpty();
    }

    @Test
    void shouldKeepWhatIsGoodBehindDamagedRecordsUnderANewId() throws IOException {
        Entry damaged = world.nth(EntryKind.BLOCKS, 1);
        world.damage(damaged);
        world.assertRefusesToStart(world.segment(damaged.segment()).toString(), "offset " + damaged.offset());
        JournalRepair.Result result = world.repair();
        assertThat(result.before().lostRecords()).isPositive();
        assertThat(result.before().lostIsLeast()).isFalse();
        assertThat(result.before().lostBatches()).hasSize(1);
        assertThat(result.before().losses())
                .extracting(JournalReport.Loss::stream)
                .contains("a", "b");
        assertThat(JournalAudit.of(world.dataDir).streams()).isEqualTo(world.whole.streams());
        assertThat(world.dataDir.resolve("salvage/journal-" + world.whole.id())).isDirectory();
    }

    @Test
    void shouldKeepTheIdWhereNothingButAMarkIsDamaged() throws IOException {
        world.damage(world.nth(EntryKind.MARK, 0));
        assertThat(world.repair().id()).isEqualTo(world.whole.id());
    }

    @Test
    void shouldGiveRecordsWhoseCutIsDamagedToTheNextBatch() throws IOException {
        world.damage(world.nth(EntryKind.CUT, 0));
        JournalRepair.Result result = world.repair();
        assertThat(result.before().isLossy()).isTrue();
        assertThat(SmallJournal.records(
                        JournalImage.open(world.dataDir),
                        JournalAudit.of(world.dataDir).delivered()))
                .isEqualTo(world.undelivered);
    }

    @Test
    void shouldRepairWhateverEntryIsDamaged() throws IOException {
        for (Entry entry : world.entries) {
            world.beginAnew();
            world.damage(entry);
            world.repair();
        }
    }

    @Test
    void shouldRepairZeroedPagesAndTruncatedFiles() throws IOException {
        for (long number = 1; number <= 4; number++) {
            world.beginAnew();
            Path file = world.segment(number);
            long length = Files.size(file);
            for (long at = 0; at < length; at += length / 3) {
                world.beginAnew();
                RepairWorld.overwrite(world.segment(number), at, new byte[4096]);
                world.repair();
                world.beginAnew();
                try (FileChannel channel = FileChannel.open(world.segment(number), StandardOpenOption.WRITE)) {
                    channel.truncate(at);
                }
                world.repair();
            }
        }
    }

    @Test
    void shouldNotTouchANewerFormat() throws IOException {
        Path file = world.segment(4);
        byte[] bytes = Files.readAllBytes(file);
        Entry first = world.entries.stream()
                .filter(entry -> entry.segment() == 4)
                .findFirst()
                .orElseThrow();
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        int content = first.offset() + Integer.BYTES;
        buffer.put(content + 3, (byte) (EntryCodec.FORMAT + 1));
        EntryCodec.seal(
                new ByteBuffer[] {
                    buffer.slice(content, buffer.getInt(first.offset())).order(buffer.order())
                },
                1);
        Files.write(file, bytes);
        assertThatThrownBy(world::start).hasMessageContaining("newer version").hasMessageContaining(file.toString());
        assertThatThrownBy(() -> JournalRepair.repair(world.dataDir, RepairWorld.SEGMENT_BYTES, new Random(9)))
                .hasMessageContaining("newer version");
        assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
    }

    @Test
    void shouldEndARepairThatWasInterrupted() throws IOException {
        world.damage(world.nth(EntryKind.BLOCKS, 1));
        world.repair();
        Path repaired = world.dataDir.resolve(JournalId.REPAIRED);
        Files.createDirectories(repaired);
        Files.move(world.dataDir.resolve("journal"), repaired.resolve("journal"));
        assertThatThrownBy(world::start).hasMessageContaining("is partly repaired");
        assertThat(JournalRepair.repair(world.dataDir, RepairWorld.SEGMENT_BYTES, new Random(9))
                        .done())
                .hasSize(1);
        world.start();
    }

    @Test
    void shouldChangeNothingByLooking() throws IOException {
        world.damage(world.nth(EntryKind.BLOCKS, 1));
        List<String> before = listing();
        JournalAudit.of(world.dataDir);
        assertThat(listing()).isEqualTo(before);
    }

    private List<String> listing() throws IOException {
        List<String> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(world.dataDir)) {
            for (Path file : files.sorted().toList()) {
                found.add(file + " " + Files.getLastModifiedTime(file)
                        + (Files.isRegularFile(file) ? " " + Arrays.hashCode(Files.readAllBytes(file)) : ""));
            }
        }
        return found;
    }
}
