package io.decant.offload.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.offload.files.MountedFiles.MountPoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A place that must be a mount point. */
class MountedFilesTest {

    private static final List<String> TABLE = List.of(
            "22 28 0:20 / /proc rw,nosuid shared:5 - proc proc rw",
            "28 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw",
            "40 28 0:36 / /mnt/a\\040disk rw - nfs nas:/a rw",
            "41 28 254:0 /srv/data /mnt/bound rw - ext4 /dev/vda rw",
            "42 28 0:40 / /mnt/auto rw - autofs systemd-1 rw,fd=50",
            "43 28 0:41 / /mnt/auto-mounted rw - autofs systemd-1 rw",
            "44 43 0:42 / /mnt/auto-mounted rw - nfs nas:/b rw");

    @TempDir
    Path temp;

    @Test
    void shouldFindMountsByTheKernelsTable() {
        assertThat(MountPoints.contains(TABLE, Path.of("/"))).isTrue();
        assertThat(MountPoints.contains(TABLE, Path.of("/mnt/a disk"))).isTrue();
        assertThat(MountPoints.contains(TABLE, Path.of("/mnt/bound"))).isTrue();
        assertThat(MountPoints.contains(TABLE, Path.of("/mnt/auto-mounted"))).isTrue();
        assertThat(MountPoints.contains(TABLE, Path.of("/mnt/auto"))).isFalse();
        assertThat(MountPoints.contains(TABLE, Path.of("/mnt"))).isFalse();
        assertThat(MountPoints.contains(TABLE, Path.of("/mnt/a disk/below"))).isFalse();
    }

    @Test
    void shouldFindAMountOfThisMachine() throws IOException {
        assertThat(MountPoints.has(Path.of("/proc"))).isTrue();
        assertThat(MountPoints.has(temp)).isFalse();
        assertThat(MountPoints.has(temp.resolve("absent"))).isFalse();
        Path link = Files.createSymbolicLink(temp.resolve("link"), Path.of("/proc"));
        assertThat(MountPoints.has(link)).isTrue();
    }

    @Test
    void shouldDoNothingInADirectoryThatIsNoMountPoint() throws IOException {
        Path root = Files.createDirectory(temp.resolve("root"));
        try (BatchFiles files = new MountedFiles(root, new LocalFiles(root))) {
            List<ThrowingCallable> calls = List.of(
                    () -> files.create("a/b"),
                    () -> files.exists("a"),
                    () -> files.list(""),
                    () -> files.open("a"),
                    () -> files.openPositioned("a"),
                    () -> files.delete("a"),
                    () -> files.publish("a", "b"));
            for (ThrowingCallable call : calls) {
                assertThatThrownBy(call)
                        .isInstanceOf(IOException.class)
                        .hasMessage(
                                root + " is not a mount point, and must-be-mountpoint is set: nothing is written there;"
                                        + " mount its filesystem");
            }
        }
        assertThat(root).isEmptyDirectory();
    }
}
