package io.decant.ingest.journal;

import io.decant.config.DataDirPlaces;
import io.decant.offload.files.PrivateFiles;
import io.decant.offload.files.PrivateTree;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whose a data directory is, and who may look into it. Stateless. */
final class DataDirectoryRules {

    /** What every new ext filesystem has at its top. */
    private static final String LOST_AND_FOUND = "lost+found";

    private static final int STICKY = 01000;

    private static final Logger log = LoggerFactory.getLogger(DataDirectoryRules.class);

    private DataDirectoryRules() {}

    /** @throws JournalException where the directory is another user's: what we make there, that user could not use, or could change */
    static void refuseOwner(Path dataDir) throws IOException {
        if (PrivateTree.isSomebodyElses(dataDir)) {
            String owner = Files.getOwner(dataDir).getName();
            throw new JournalException(
                    JournalException.Kind.UNREACHABLE,
                    "data-dir " + dataDir + " belongs to user " + owner + ", and this process runs as "
                            + PrivateTree.ourName() + "; run it as " + owner
                            + ", set another data-dir, or give this one, with all in it, to " + PrivateTree.ourName()
                            + ": chown -R " + PrivateTree.ourName() + " " + dataDir);
        }
    }

    /**
     * The directory itself may be reached by a link: that is for whoever wrote the settings to say.
     *
     * @throws JournalException where something in it is a symbolic link: what is written or read there would be elsewhere
     */
    static void refuseLinks(Path dataDir) throws IOException {
        if (!Files.isDirectory(dataDir)) {
            return;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(dataDir)) {
            for (Path entry : entries) {
                Path link = isOurs(entry) || Files.isSymbolicLink(entry) ? PrivateTree.firstLink(entry) : null;
                if (link != null) {
                    throw new JournalException(
                            JournalException.Kind.UNREACHABLE,
                            "data-dir " + dataDir + ": " + link + " is a symbolic link, and there may be none;"
                                    + " put what it leads to in its place, or set data-dir to a directory on that disk");
                }
            }
        } catch (NoSuchFileException e) {
            log.debug("data-dir {} was removed between two looks", dataDir);
        }
    }

    /** Takes from other users what they may do there, and says so where there was anything. */
    static void tighten(Path dataDir) throws IOException {
        PrivateTree.Tightened tightened = new PrivateTree.Tightened();
        Path shared = null;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(dataDir)) {
            for (Path entry : entries) {
                if (isOurs(entry)) {
                    tightened.add(PrivateTree.tighten(entry));
                } else if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)
                        && !entry.getFileName().toString().equals(LOST_AND_FOUND)) {
                    shared = entry;
                }
            }
        }
        int changed = tightened.changed();
        if (shared != null || isForEverybody(dataDir)) {
            log.warn(
                    "data-dir {} is not the server's alone{}: other users can still list it; set data-dir to a directory of its own",
                    dataDir,
                    shared == null ? "" : ", it also holds " + shared.getFileName());
        } else if (PrivateTree.isOurs(dataDir) && PrivateFiles.tighten(dataDir)) {
            changed++;
        }
        if (changed > 0) {
            log.info(
                    "data-dir {}: other users could use {} of the directories and files there; now only the server's user can",
                    dataDir,
                    changed);
        }
        if (tightened.refused() != null) {
            log.warn(
                    "data-dir {}: other users may use {}, since its permissions cannot be changed",
                    dataDir,
                    tightened.refused());
        }
    }

    private static boolean isOurs(Path entry) {
        return DataDirPlaces.NAMES.contains(entry.getFileName().toString());
    }

    /** A directory like {@code /tmp}. */
    private static boolean isForEverybody(Path directory) throws IOException {
        return ((Integer) Files.getAttribute(directory, "unix:mode") & STICKY) != 0;
    }
}
