package io.decant.ingest.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Journals of which files are missing, swapped, or are not theirs: what verify says of them, and what repair makes of
 * them.
 */
@Timeout(120)
class RepairedFilesTest {

    @TempDir
    Path folder;

    private RepairWorld world;

    @BeforeEach
    void write() throws IOException {
        world = new RepairWorld(folder);
    }

    @Test
    void shouldRestoreAMissingIdFromTheSegments() throws IOException {
        Files.delete(JournalId.file(world.dataDir));
        world.assertRefusesToStart("id is missing");
        assertThat(world.repair().id()).isEqualTo(world.whole.id());
    }

    @Test
    void shouldRestoreAnIdThatIsGarbageOrAnothers() throws IOException {
        for (String garbage : List.of("", "xyz", "0000cafe0", "00c\0afe\n", "cafe", "\u00ff\u00fe", "12345678\n")) {
            world.beginAnew();
            Files.writeString(JournalId.file(world.dataDir), garbage);
            world.assertRefusesToStart("journal");
            assertThat(world.repair().id()).isEqualTo(world.whole.id());
        }
    }

    @Test
    void shouldSayWhichSegmentIsMissingAndGoOnWithoutIt() throws IOException {
        for (long number = 1; number <= 3; number++) {
            world.beginAnew();
            Files.delete(world.segment(number));
            world.repair();
        }
    }

    @Test
    void shouldPutSwappedAndDoubledSegmentsInOrder() throws IOException {
        Path aside = folder.resolve("aside");
        Files.move(world.segment(2), aside);
        Path third = world.segment(3);
        Path second = third.resolveSibling(SegmentNames.fileName(2));
        Files.move(third, second);
        Files.move(aside, third);
        world.assertRefusesToStart("renamed or swapped");
        assertThat(world.repair().id()).isEqualTo(world.whole.id());

        world.beginAnew();
        Path run = world.dataDir.resolve("journal/run-00000009");
        Files.createDirectories(run);
        Files.copy(world.segment(3), run.resolve(SegmentNames.fileName(3)));
        world.assertRefusesToStart("exists twice");
        assertThat(world.repair().id()).isEqualTo(world.whole.id());

        world.beginAnew();
        Files.createDirectories(world.dataDir.resolve("journal/run-00000009"));
        Files.copy(
                world.segment(2), world.dataDir.resolve("journal/run-00000009").resolve(SegmentNames.fileName(9)));
        world.assertRefusesToStart("renamed or swapped");
        assertThat(world.repair().id()).isEqualTo(world.whole.id());
    }

    @Test
    void shouldTakeAwayWhatIsNoSegmentOfThisJournal() throws IOException {
        Path run = world.segment(4).getParent();
        Files.createDirectory(run.resolve(SegmentNames.fileName(3)));
        world.assertRefusesToStart("not a file");
        assertThat(world.repair().id()).isEqualTo(world.whole.id());

        world.beginAnew();
        Files.writeString(world.segment(4).resolveSibling("notes.cq4"), "not a segment's name");
        assertThat(JournalAudit.of(world.dataDir).isHealthy()).isFalse();
        assertThat(world.repair().id()).isEqualTo(world.whole.id());

        world.beginAnew();
        Files.createFile(world.segment(4).resolveSibling(SegmentNames.fileName(5)));
        world.start();
        assertThat(JournalAudit.of(world.dataDir).isHealthy()).isTrue();
    }

    @Test
    void shouldGiveAJournalOfGarbageAnId() throws IOException {
        for (long number = 1; number <= 4; number++) {
            Path file = world.segment(number);
            byte[] garbage = new byte[Math.toIntExact(Files.size(file))];
            new Random(number).nextBytes(garbage);
            Files.write(file, garbage);
        }
        assertThat(world.repair().id()).isNotEqualTo(world.whole.id());
    }

    @Test
    void shouldRefuseSegmentsOfAnotherServerAndTakeThemAwayInARepair() throws IOException {
        Path other = folder.resolve("other");
        Files.createDirectories(other);
        int id = JournalId.of(other, new Random(3));
        try (ChronicleSegmentStore store = new ChronicleSegmentStore(other, RepairWorld.SEGMENT_BYTES)) {
            store.prepare();
            new JournalWriter(
                    store,
                    new JournalView(new SegmentTable(store), id),
                    new JournalState(),
                    new Positions(0, 0, 0),
                    1,
                    GroupLimits.measured(1 << 20),
                    ticket -> {},
                    (stream, position) -> false);
        }
        Path theirs = new SegmentFiles(other).files().get(0);
        Files.copy(theirs, world.segment(4).resolveSibling(SegmentNames.fileName(5)));
        world.assertRefusesToStart(SegmentNames.fileName(5), "journal/id");
        assertThat(world.repair().id()).isEqualTo(world.whole.id());
    }
}
