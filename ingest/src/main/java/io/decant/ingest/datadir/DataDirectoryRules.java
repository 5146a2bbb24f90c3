package io.decant.ingest.datadir;

import io.decant.config.DataDirPlaces;
import io.decant.ingest.journal.JournalException;
import io.decant.offload.files.PrivateFiles;
import io.decant.offload.files.PrivateTree;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whose a data directory is, and who may look into it. Stateless. */
final class DataDirectoryRules {

    /** What every new ext filesystem has at its top. */
    private static final String LOST_AND_FOUND = "lost+found";

    private static final int STICKY = 01000;
    /** Where the group's three letters begin in {@code rwxrwxrwx}. */
    private static final int GROUP = 3;

    private static final Logger log = LoggerFactory.getLogger(DataDirectoryRules.class);

    private DataDirectoryRules() {}

    /**
     * @throws JournalException where the directory is another user's: what we make there, that user could not use, or
     * could change
     */
    static void refuseOwner(Path dataDir) throws IOException {
        if (PrivateTree.isSomebodyElses(dataDir)) {
            String owner = Files.getOwner(dataDir).getName();
            throw new JournalException(
                    JournalException.Kind.UNREACHABLE,
                    "data-dir " + dataDir + " belongs to user " + owner + ", and this process runs as "
                            + PrivateTree.ourName() + "; run it as " + owner
                            + ", set another data-dir, or change the owner of this one, with all in it, to "
                            + PrivateTree.ourName()
                            + ": chown -R " + PrivateTree.ourName() + " " + dataDir);
        }
    }

    /**
     * The directory itself may be reached by a link: that is up to the author of the settings.
     *
     * @throws JournalException where something that a server makes in it is a symbolic link, or holds one: what is
     *     written or read there would be elsewhere
     */
    static void refuseLinks(Path dataDir) throws IOException {
        if (!Files.isDirectory(dataDir)) {
            return;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(dataDir)) {
            for (Path entry : entries) {
                Path link = isOurs(entry) ? PrivateTree.firstLink(entry) : null;
                if (link != null) {
                    throw new JournalException(
                            JournalException.Kind.UNREACHABLE,
                            "data-dir " + dataDir + ": " + link + " is a symbolic link, which is not allowed;"
                                    + " replace it by its target, or set data-dir to a directory on that disk");
                }
            }
        } catch (NoSuchFileException e) {
            log.debug("data-dir {} was removed meanwhile", dataDir);
        }
    }

    /** Takes from other users what they may do there, and says so where there was anything. */
    static void tighten(Path dataDir) throws IOException {
        PrivateTree.Tightened tightened = new PrivateTree.Tightened();
        Path shared = null;
        String lost = null;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(dataDir)) {
            for (Path entry : entries) {
                if (isOurs(entry)) {
                    String had = groupAccess(entry);
                    tightened.add(PrivateTree.tighten(entry));
                    lost = lost == null && had != null && groupAccess(entry) == null ? had : lost;
                } else if (Files.isDirectory(entry)
                        && !entry.getFileName().toString().equals(LOST_AND_FOUND)) {
                    shared = entry;
                }
            }
        }
        int changed = tightened.changed();
        if (shared != null || isForEverybody(dataDir)) {
            log.warn(
                    "data-dir {} is shared{}: other users can still list it; set data-dir to a directory that only"
                            + " the server uses",
                    dataDir,
                    shared == null ? "" : ", it also contains " + shared.getFileName());
        } else if (PrivateTree.isOurs(dataDir)) {
            String had = groupAccess(dataDir);
            if (PrivateFiles.tighten(dataDir)) {
                changed++;
                lost = had == null ? lost : had;
            }
        }
        if (lost != null) {
            log.warn(
                    "data-dir {}: other users could use {} of the directories and files there; now only the"
                            + " server's user can: {}; run what reads there as the server's user, or as root",
                    dataDir,
                    changed,
                    lost);
        } else if (changed > 0) {
            log.info(
                    "data-dir {}: other users could use {} of the directories and files there; now only the"
                            + " server's user can",
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

    /** What a group may do with a directory that it can read; null: nothing, or it is none. */
    private static String groupAccess(Path directory) throws IOException {
        PosixFileAttributes attributes;
        try {
            attributes = Files.readAttributes(directory, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            log.debug("{} was removed meanwhile", directory);
            return null;
        }
        if (!attributes.isDirectory() || !attributes.permissions().contains(PosixFilePermission.GROUP_READ)) {
            return null;
        }
        String permissions = PosixFilePermissions.toString(attributes.permissions());
        return "group " + attributes.group().getName() + " loses " + permissions.substring(GROUP, GROUP + 3) + " of "
                + directory;
    }

    private static boolean isOurs(Path entry) {
        return DataDirPlaces.NAMES.contains(entry.getFileName().toString());
    }

    /** A directory like {@code /tmp}. */
    private static boolean isForEverybody(Path directory) throws IOException {
        return ((Integer) Files.getAttribute(directory, "unix:mode") & STICKY) != 0;
    }
}
