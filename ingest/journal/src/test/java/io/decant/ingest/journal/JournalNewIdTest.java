package io.decant.ingest.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A journal that gets a new id: everything in it but the id stays, wherever that is interrupted. */
@Timeout(120)
class JournalNewIdTest {

    @TempDir
    Path folder;

    private RepairWorld world;

    @BeforeEach
    void write() throws IOException {
        world = new RepairWorld(folder);
    }

    private JournalRepair.Result newId(JournalRepair.Changes changes) {
        return JournalRepair.newId(world.dataDir, RepairWorld.SEGMENT_BYTES, new Random(9), changes);
    }

    @Test
    void shouldKeepEverythingButTheId() throws IOException {
        JournalRepair.Result result = newId(what -> {});
        assertThat(result.before().id()).isEqualTo(world.whole.id());
        assertThat(result.id()).isNotEqualTo(world.whole.id());
        assertIsWhole(result.id());
        Path kept = world.dataDir.resolve("salvage/journal-" + world.whole.id());
        assertThat(kept).isDirectory();
        assertThat(result.done()).containsExactly("the old journal is kept whole as " + kept);
        world.start();
    }

    @Test
    void shouldCopyMoreThanASegmentHolds() throws IOException {
        Path large = folder.resolve("large");
        Files.createDirectories(large);
        JournalId.write(large, JournalOnDisk.JOURNAL_ID);
        try (JournalOnDisk journal = new JournalOnDisk(large)) {
            journal.writer.append(new Mark("api", 0, 0, 0, 0));
            for (int block = 0; journal.segments.size() < 4; block++) {
                journal.append(JournalOnDisk.block("s", block, List.of("x".repeat(700_000))));
                if (block % 5 == 4) {
                    journal.cut();
                }
            }
            journal.sync();
        }
        JournalReport before = JournalAudit.of(large);
        String id = JournalRepair.newId(large, RepairWorld.SEGMENT_BYTES, new Random(4))
                .id();
        JournalReport after = JournalAudit.of(large);
        assertThat(after.isHealthy()).as(after.damages() + after.refusal()).isTrue();
        assertThat(after.id()).isEqualTo(id).isNotEqualTo(before.id());
        assertThat(after.segments()).hasSizeGreaterThan(3);
        assertThat(RepairWorld.content(after)).isEqualTo(RepairWorld.content(before));
        assertThat(after.uncutRecords()).isEqualTo(before.uncutRecords());
        assertThat(after.streams()).isEqualTo(before.streams());
    }

    @Test
    void shouldGiveAnotherIdEachTime() throws IOException {
        String first = newId(what -> {}).id();
        JournalRepair.Result second = JournalRepair.newId(world.dataDir, RepairWorld.SEGMENT_BYTES, new Random(10));
        assertThat(second.before().id()).isEqualTo(first);
        assertThat(second.id()).isNotIn(first, world.whole.id());
        assertIsWhole(second.id());
    }

    @Test
    void shouldGiveAnIdToAJournalWithoutRecords() throws IOException {
        Path empty = folder.resolve("empty");
        String before = JournalId.text(JournalId.of(Files.createDirectory(empty), new Random(3)));
        assertThat(JournalRepair.newId(empty, RepairWorld.SEGMENT_BYTES, new Random(4))
                        .id())
                .isEqualTo(JournalAudit.of(empty).id())
                .isNotEqualTo(before);
    }

    /** Stands for the end of the process: nothing catches it, as nothing catches a kill. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1;
    }

    @Test
    void shouldLeaveTheOldJournalOrTheNewOneWhereverItIsKilled() throws IOException {
        boolean killed = true;
        int old = 0;
        int unfinished = 0;
        for (int change = 0; killed; change++) {
            world.beginAnew();
            killed = killAt(change);
            if (Files.exists(world.dataDir.resolve("journal"))) {
                String id = JournalAudit.of(world.dataDir).id();
                old += id.equals(world.whole.id()) ? 1 : 0;
                assertIsWhole(id);
                world.start();
            } else {
                unfinished++;
                assertThatThrownBy(world::start).hasMessageContaining("decant journal repair");
                if (change % 2 == 0) {
                    JournalRepair.repair(world.dataDir, RepairWorld.SEGMENT_BYTES, new Random(7));
                    assertThat(JournalAudit.of(world.dataDir).id()).isNotEqualTo(world.whole.id());
                    assertIsWhole(JournalAudit.of(world.dataDir).id());
                }
            }
            JournalRepair.Result again = newId(what -> {});
            assertThat(again.id()).isNotEqualTo(world.whole.id());
            assertIsWhole(again.id());
            assertThat(world.dataDir.resolve(JournalId.REPAIRED)).doesNotExist();
            world.start();
        }
        assertThat(old).as("killed before the old journal was set aside").isGreaterThanOrEqualTo(3);
        assertThat(unfinished)
                .as("killed between the old journal and the new one")
                .isPositive();
    }

    /** @return whether there was such a change */
    private boolean killAt(int change) {
        int[] left = {change};
        try {
            newId(what -> {
                if (left[0]-- == 0) {
                    throw new Killed();
                }
            });
            return false;
        } catch (Killed e) {
            return true;
        }
    }

    @Test
    void shouldLeaveADamagedJournalToARepair() throws IOException {
        world.damage(world.nth(EntryKind.BLOCKS, 1));
        assertThatThrownBy(() -> newId(what -> {}))
                .isInstanceOf(JournalException.class)
                .hasMessageContainingAll("is damaged", "decant journal repair");
        try (Stream<Path> files = Files.list(world.dataDir)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .contains("journal")
                    .doesNotContain("salvage");
        }
        assertThat(JournalAudit.of(world.dataDir).id()).isEqualTo(world.whole.id());
    }

    private void assertIsWhole(String id) throws IOException {
        JournalReport now = JournalAudit.of(world.dataDir);
        assertThat(now.isHealthy()).as(now.damages() + now.refusal()).isTrue();
        assertThat(now.id()).isEqualTo(id);
        assertThat(SmallJournal.records(JournalImage.open(world.dataDir), now.delivered()))
                .isEqualTo(world.undelivered);
        assertThat(now.streams()).isEqualTo(world.whole.streams());
        assertThat(RepairWorld.content(now)).isEqualTo(RepairWorld.content(world.whole));
        assertThat(now.uncutRecords()).isEqualTo(world.whole.uncutRecords());
        assertThat(places(now)).isEqualTo(places(world.whole));
    }

    /** How far each sink is. One of these stands within a batch that is not cut yet, which no real sink does. */
    private static Map<String, Long> places(JournalReport report) {
        return report.marks().values().stream().collect(Collectors.toMap(Mark::sink, Mark::batch));
    }
}
