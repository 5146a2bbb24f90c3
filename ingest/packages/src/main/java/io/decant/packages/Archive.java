package io.decant.packages;

import io.decant.packages.FileTree.Content;
import io.decant.packages.FileTree.Directory;
import io.decant.packages.FileTree.Item;
import io.decant.packages.FileTree.Link;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** Writes a {@code tar.gz}. */
final class Archive {
    private final Instant time;

    /** @param time of every file */
    Archive(Instant time) {
        this.time = time;
    }

    /** @param files whose paths are below the archive's one folder */
    void write(FileTree files, Path archive) throws IOException {
        try (TarArchiveOutputStream tar =
                new TarArchiveOutputStream(new GZIPOutputStream(Files.newOutputStream(archive)))) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            for (Map.Entry<String, Item> item : files.items().entrySet()) {
                write(tar, item.getKey().substring(1), item.getValue());
            }
        }
    }

    private void write(TarArchiveOutputStream tar, String path, Item item) throws IOException {
        if (item instanceof Content content) {
            TarArchiveEntry entry = owned(new TarArchiveEntry(path));
            entry.setSize(content.bytes());
            entry.setMode(content.mode());
            tar.putArchiveEntry(entry);
            try (InputStream in = content.source().open()) {
                in.transferTo(tar);
            }
        } else if (item instanceof Directory directory) {
            TarArchiveEntry entry = owned(new TarArchiveEntry(path + "/"));
            entry.setMode(directory.mode());
            tar.putArchiveEntry(entry);
        } else if (item instanceof Link link) {
            TarArchiveEntry entry = owned(new TarArchiveEntry(path, TarConstants.LF_SYMLINK));
            entry.setLinkName(link.target());
            tar.putArchiveEntry(entry);
        }
        tar.closeArchiveEntry();
    }

    private TarArchiveEntry owned(TarArchiveEntry entry) {
        entry.setModTime(Date.from(time));
        entry.setIds(0, 0);
        entry.setNames("root", "root");
        return entry;
    }
}
