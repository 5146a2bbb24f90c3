package io.decant.offload.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only the user of a process can use, and what it does for others. */
class PrivateFilesTest {

    private static final int NOBODY = 65534;

    @TempDir
    Path temp;

    @Test
    void shouldMakePrivateFilesAndDirectories() throws IOException {
        Path top = temp.resolve("public/top");
        PrivateFiles.createDirectories(top.resolve("below"), top);
        PrivateFiles.createDirectories(top.resolve("below"), top);
        try (FileChannel file =
                PrivateFiles.open(top.resolve("below/file"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            assertThat(file.isOpen()).isTrue();
        }

        assertThat(mode(top)).isEqualTo("rwx------");
        assertThat(mode(top.resolve("below"))).isEqualTo("rwx------");
        assertThat(mode(top.resolve("below/file"))).isEqualTo("rw-------");
        assertThat(mode(top.getParent())).isEqualTo(mode(Files.createDirectory(temp.resolve("by-default"))));
        assertThatThrownBy(() -> PrivateFiles.createDirectories(top.resolve("below/file"), top))
                .isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void shouldTightenATreeAndFollowNoLink() throws IOException {
        Path top = Files.createDirectories(temp.resolve("top/below")).getParent();
        Path outside = with(Files.writeString(temp.resolve("outside"), ""), "rw-r--r--");
        with(Files.writeString(top.resolve("below/file"), ""), "rw-rw-r--");
        with(Files.writeString(top.resolve("below/read-only"), ""), "r--r--r--");
        with(top.resolve("below"), "rwxr-xr-x");
        with(top, "rwxrwxrwx");
        Files.createSymbolicLink(top.resolve("link"), outside);

        assertThat(PrivateTree.tighten(top).changed()).isEqualTo(4);
        assertThat(mode(top)).isEqualTo("rwx------");
        assertThat(mode(top.resolve("below"))).isEqualTo("rwx------");
        assertThat(mode(top.resolve("below/file"))).isEqualTo("rw-------");
        assertThat(mode(top.resolve("below/read-only"))).isEqualTo("r--------");
        assertThat(mode(outside)).isEqualTo("rw-r--r--");
        assertThat(PrivateTree.tighten(top).changed()).isZero();
        assertThat(PrivateTree.firstLink(top)).isEqualTo(top.resolve("link"));
        Files.delete(top.resolve("link"));
        assertThat(PrivateTree.firstLink(top)).isNull();
        assertThat(PrivateTree.tighten(temp.resolve("absent")).changed()).isZero();
    }

    @Test
    void shouldRemoveATreeAndNothingThatALinkLeadsTo() throws IOException {
        Path outside =
                Files.writeString(Files.createDirectory(temp.resolve("outside")).resolve("kept"), "");
        Path top = Files.createDirectories(temp.resolve("top/below"));
        Files.createSymbolicLink(top.resolve("link"), outside.getParent());
        PrivateTree.delete(temp.resolve("top"));
        PrivateTree.delete(temp.resolve("top"));
        assertThat(temp.resolve("top")).doesNotExist();
        assertThat(outside).exists();
    }

    @Test
    void shouldEmptyAndRemoveOnlyAScratchDirectoryThatItHasMade() throws IOException {
        ScratchDirectory scratch = new ScratchDirectory(temp.resolve("scratch"));
        scratch.remove();
        scratch.create();
        assertThat(modes(scratch.directory()).values()).containsExactly("rwx------", "rw-------");
        Path old = Files.createDirectory(scratch.directory().resolve("old"));
        scratch.create();
        assertThat(old).doesNotExist();
        scratch.remove();
        assertThat(scratch.directory()).doesNotExist();

        // As after a crash between the directory and its marker.
        with(Files.createDirectory(scratch.directory()), "rwxr-xr-x");
        scratch.create();
        assertThat(modes(scratch.directory()).values()).containsExactly("rwx------", "rw-------");
        scratch.remove();

        Path theirs = Files.createDirectories(scratch.directory().resolve("theirs"));
        scratch.remove();
        assertThatThrownBy(scratch::create)
                .isInstanceOf(IOException.class)
                .hasMessage(scratch.directory() + " already exists and was not created by Decant: it is neither used"
                        + " nor removed; move it to another place");
        assertThat(theirs).exists();
        Path target = Files.createDirectory(temp.resolve("target"));
        ScratchDirectory link = new ScratchDirectory(Files.createSymbolicLink(temp.resolve("link"), target));
        assertThatThrownBy(link::create).hasMessageContaining("already exists");
        assertThat(target).isEmptyDirectory();
    }

    @Test
    void shouldStagePrivatelyAndPublishForOthers() throws IOException {
        Path staging = temp.resolve("staging");
        Files.createDirectories(staging.resolve("decant-0/old"));
        with(staging.resolve("decant-0"), "rwxr-xr-x");
        try (BatchFiles staged = LocalFiles.privately(staging.resolve("decant-0"), staging);
                SyncedOutput out = staged.create("_batch/out/archive/part")) {
            out.write(new byte[] {1}, 0, 1);
            out.sync();
            staged.publish("_batch", "batch");
        }
        assertThat(modes(staging.resolve("decant-0"))).isNotEmpty().allSatisfy((path, mode) -> assertThat(mode)
                .as(path)
                .isEqualTo(Files.isDirectory(Path.of(path)) ? "rwx------" : "rw-------"));

        try (BatchFiles delivered = new LocalFiles(temp.resolve("sink"))) {
            delivered.publish(staging.resolve("decant-0/batch/out/archive").toString(), "batch-1");
        }
        assertThat(mode(temp.resolve("sink/batch-1"))).isEqualTo(mode(Files.createDirectory(temp.resolve("a"))));
        assertThat(mode(temp.resolve("sink/batch-1/part"))).isEqualTo(mode(Files.createFile(temp.resolve("b"))));
    }

    @Test
    void shouldNotStageInADirectoryOfAnotherUser() throws IOException {
        assumeTrue(isRoot(), "only root can give a directory to somebody else");
        Path root = Files.createDirectories(temp.resolve("staging/decant-0"));
        Files.setAttribute(root, "unix:uid", NOBODY);
        assertThat(PrivateTree.isSomebodyElses(root)).isTrue();
        assertThat(PrivateTree.isSomebodyElses(root.getParent())).isFalse();
        assertThatThrownBy(() -> LocalFiles.privately(root, root.getParent()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(root + " belongs to user ")
                .hasMessageContaining("set another place");
    }

    /**
     * The owner of /proc/self is root where the process may not be dumped: the number in its status is the user's all
     * the same.
     */
    @Test
    void shouldKnowItsUserByTheStatusOfTheProcess() throws IOException {
        Path status = Files.writeString(temp.resolve("status"), "Name:\tjava\nUid:\t1\t2\t3\t4\nGid:\t5\t6\t7\t8\n");
        assertThat(PrivateTree.uidOfStatus(status)).isEqualTo(4);
        Files.writeString(status, "Uid:\t4294967294\t4294967294\t4294967294\t4294967294\n");
        assertThat(PrivateTree.uidOfStatus(status)).isEqualTo(-2);
        Files.writeString(status, "Name:\tjava\n");
        assertThatThrownBy(() -> PrivateTree.uidOfStatus(status)).hasMessageContaining("does not say which user");
        assertThat(PrivateTree.isOurs(temp)).isTrue();
        assertThat(PrivateTree.isOurs(Path.of("/"))).isEqualTo(isRoot());
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

    private static Map<String, String> modes(Path top) throws IOException {
        Map<String, String> modes = new TreeMap<>();
        try (Stream<Path> all = Files.walk(top)) {
            for (Path path : all.toList()) {
                modes.put(path.toString(), mode(path));
            }
        }
        return modes;
    }
}
