package io.decant.ingest.datadir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.decant.ingest.journal.JournalException;
import io.decant.ingest.journal.JournalSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Who may look into a data directory, and whose it may be. */
class PrivateDataDirectoryTest {

    private static final int NOBODY = 65534;

    @TempDir
    Path temp;

    private Path dataDir;
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

    @BeforeEach
    void listen() {
        dataDir = temp.resolve("data");
        logged.start();
        logger().addAppender(logged);
        logger().setLevel(Level.INFO);
    }

    @AfterEach
    void stopListening() {
        logger().detachAppender(logged);
        logger().setLevel(null);
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(DataDirectoryRules.class);
    }

    private List<String> said() {
        return logged.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private void open() {
        try (DataDirectory held = DataDirectory.open(dataDir, new Random(1))) {
            assertThat(held.path()).isEqualTo(dataDir);
        }
    }

    @Test
    void shouldTightenWhatIsThereAndSayItOnce() throws IOException {
        Path segment =
                Files.createDirectories(dataDir.resolve("journal/run-00000001")).resolve("x.bin");
        Path letter = Files.createDirectories(dataDir.resolve("dlq/replay")).resolve("1.ndjson");
        Path theirs = with(Files.writeString(dataDir.resolve("notes.txt"), ""), "rw-r--r--");
        with(Files.writeString(segment, ""), "rw-r--r--");
        with(Files.writeString(letter, ""), "rw-rw-r--");
        for (Path directory : List.of(segment.getParent(), letter.getParent(), dataDir)) {
            with(directory, "rwxr-xr-x");
        }
        Files.createDirectory(dataDir.resolve("lost+found"));

        open();
        assertThat(mode(dataDir)).isEqualTo("rwx------");
        assertThat(mode(segment.getParent())).isEqualTo("rwx------");
        assertThat(mode(segment)).isEqualTo("rw-------");
        assertThat(mode(letter)).isEqualTo("rw-------");
        assertThat(mode(dataDir.resolve("lock"))).isEqualTo("rw-------");
        assertThat(mode(dataDir.resolve("journal/id"))).isEqualTo("rw-------");
        assertThat(mode(theirs)).isEqualTo("rw-r--r--");
        open();
        String group =
                Files.readAttributes(dataDir, PosixFileAttributes.class).group().getName();
        assertThat(logged.list).singleElement().satisfies(line -> {
            assertThat(line.getLevel()).isEqualTo(Level.WARN);
            assertThat(line.getFormattedMessage())
                    .startsWith("data-dir " + dataDir + ": other users could use ")
                    .endsWith("now only the server's user can: group " + group + " loses r-x of " + dataDir
                            + "; run what reads there as the server's user, or as root");
        });
    }

    /** Of a directory of ours in one that stays as it is; and nothing to warn of where no group could read. */
    @ParameterizedTest
    @CsvSource({"rwxrwx---, WARN", "rwx-----x, INFO"})
    void shouldWarnOfWhatAGroupLoses(String before, String level) throws IOException {
        Path journal = Files.createDirectories(dataDir.resolve("journal"));
        with(journal, before);
        with(dataDir, "rwx------");
        open();
        assertThat(logged.list).singleElement().satisfies(line -> {
            assertThat(line.getLevel()).hasToString(level);
            assertThat(line.getFormattedMessage().contains(" loses rwx of " + journal))
                    .isEqualTo(level.equals("WARN"));
        });
    }

    /** What Decant never opens may be a link: beside it lie the settings, or the data of a ConfigMap. */
    @Test
    void shouldTakeLinksThatAreNotItsOwn() throws IOException {
        Path target = Files.createDirectories(temp.resolve("target"));
        Path file = Files.writeString(temp.resolve("file"), "theirs");
        Files.createDirectory(dataDir);
        Files.createSymbolicLink(dataDir.resolve("decant.yaml"), file);
        open();
        assertThat(mode(dataDir)).isEqualTo("rwx------");
        with(dataDir, "rwxr-xr-x");
        Files.createSymbolicLink(dataDir.resolve("current"), target);
        Files.createSymbolicLink(dataDir.resolve("..data"), temp.resolve("absent"));
        open();
        DataDirectory.checkForReading(dataDir);
        assertThat(mode(dataDir)).isEqualTo("rwxr-xr-x");
        assertThat(said()).anyMatch(line -> line.contains("it also contains current"));
        assertThat(file).hasContent("theirs");
    }

    @Test
    void shouldMakeANewOnePrivateAndNotWhatIsAbove() throws IOException {
        dataDir = temp.resolve("above/data");
        open();
        assertThat(mode(dataDir)).isEqualTo("rwx------");
        assertThat(mode(dataDir.getParent())).isEqualTo(mode(Files.createDirectory(temp.resolve("by-default"))));
        assertThat(said()).isEmpty();
    }

    /** Somebody else's files are reached through it, so it stays as it is; what is ours in it does not. */
    @Test
    void shouldNotTakeASharedDirectoryAwayFromOthers() throws IOException {
        Files.createDirectories(dataDir.resolve("web"));
        Files.createDirectories(dataDir.resolve("journal"));
        with(dataDir, "rwxr-xr-x");
        with(dataDir.resolve("journal"), "rwxr-xr-x");
        open();
        assertThat(mode(dataDir)).isEqualTo("rwxr-xr-x");
        assertThat(mode(dataDir.resolve("journal"))).isEqualTo("rwx------");
        assertThat(said())
                .anyMatch(line -> line.contains("is shared, it also contains web")
                        && line.contains("set data-dir to a directory that only the server uses"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dlq",
                "lock",
                "admin.address",
                "admin.token",
                "journal/run-00000001",
                "salvage/old",
                "spark-scratch"
            })
    void shouldRefuseSymbolicLinks(String name) throws IOException {
        Path target = Files.createDirectory(temp.resolve("target"));
        Path link = dataDir.resolve(name);
        Files.createDirectories(link.getParent());
        Files.createSymbolicLink(link, target);
        assertThatThrownBy(this::open)
                .isInstanceOf(JournalException.class)
                .hasMessage("data-dir " + dataDir + ": " + link + " is a symbolic link, which is not allowed;"
                        + " replace it by its target, or set data-dir to a directory on that disk");
        assertThatThrownBy(() -> DataDirectory.checkForReading(dataDir))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining(link + " is a symbolic link");
        assertThatThrownBy(() -> DataDirectory.openForRepair(dataDir)).hasMessageContaining("is a symbolic link");
        assertThat(target).isEmptyDirectory();
    }

    @Test
    void shouldTakeADirectoryThatALinkLeadsTo() throws IOException {
        Path real = Files.createDirectory(temp.resolve("real"));
        dataDir = Files.createSymbolicLink(temp.resolve("link"), real);
        open();
        assertThat(real.resolve("journal/id")).exists();
    }

    @Test
    void shouldRefuseTheDirectoryOfAnotherUserAndLetRootReadIt() throws IOException {
        assumeTrue(isRoot(), "only root can give a directory to somebody else");
        open();
        Files.setAttribute(dataDir, "unix:uid", NOBODY);
        String owner = Files.getOwner(dataDir).getName();
        assertThatThrownBy(this::open)
                .isInstanceOf(JournalException.class)
                .hasMessage("data-dir " + dataDir + " belongs to user " + owner
                        + ", and this process runs as root; run it as " + owner
                        + ", set another data-dir, or change the owner of this one, with all in it, to root: chown -R root "
                        + dataDir);
        assertThatThrownBy(() -> DataDirectory.openForRepair(dataDir)).hasMessageContaining("belongs to user " + owner);
        DataDirectory.checkForReading(dataDir);
        assertThat(JournalSummary.at(dataDir)).isPresent();
    }

    private boolean isRoot() throws IOException {
        return (Integer) Files.getAttribute(temp, "unix:uid") == 0;
    }

    private static Path with(Path file, String mode) throws IOException {
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
