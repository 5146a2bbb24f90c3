package io.decant.ingest.server;

import io.decant.config.OffloadSettings;
import io.decant.config.Settings;
import io.decant.offload.files.BatchFiles;
import io.decant.offload.files.CheckedFiles;
import io.decant.offload.files.PrivateFiles;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Names what was staged under an earlier {@code name}, journal id or {@code offload.staging}: no server looks there any
 * more, and no other code knows of it. It removes nothing. A file in {@code data-dir} has the places where batches were
 * staged, a URI a line. One look at the start, on a thread of its own, since filesystems may take their time.
 */
final class EarlierStaging {

    /** Further ones are not remembered; each that is found and removed makes room. */
    static final int PLACES_MAX = 32;

    private static final String FILE = "staging.places";
    private static final Logger log = LoggerFactory.getLogger(EarlierStaging.class);

    private final Path file;
    private final OffloadSettings offload;
    private final String journalId;
    /** Empty: nothing is offloaded. */
    private final String place;

    EarlierStaging(Settings settings, String journalId) {
        this.file = settings.dataDir().resolve(FILE);
        this.offload = settings.offload();
        this.journalId = journalId;
        this.place = offload.isOn() ? Offloading.place(settings, journalId).toString() : "";
    }

    /** Begins to look. */
    void start() {
        Thread look = new Thread(this::look, "decant-earlier-staging");
        look.setDaemon(true);
        look.start();
    }

    /** Looks, and says what it finds. */
    void look() {
        try {
            Set<String> places = known();
            Set<String> remembered = new LinkedHashSet<>();
            if (!place.isEmpty()) {
                places.addAll(ofEarlierNames());
                remembered.add(place);
            }
            if (!offload.isOn() && places.isEmpty()) {
                return;
            }
            places.remove(place);
            for (String earlier : places) {
                if (isThere(earlier)) {
                    remembered.add(earlier);
                }
            }
            remember(remembered);
        } catch (IOException | RuntimeException e) {
            log.debug("staging of an earlier name or place is not checked", e);
        }
    }

    private Set<String> known() throws IOException {
        try {
            return new LinkedHashSet<>(Files.readAllLines(file, StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
            return new LinkedHashSet<>();
        }
    }

    /** Directories of this journal beside ours: versions before 0.2.0 remembered nothing. */
    private List<String> ofEarlierNames() {
        List<String> found = new ArrayList<>();
        URI staging = offload.stagingUri();
        try (BatchFiles files = CheckedFiles.connect(() -> BatchFiles.connect(staging, offload.hadoopConf()))) {
            for (String name : files.list("")) {
                if (name.endsWith("-" + journalId)) {
                    found.add(Offloading.below(staging, name).toString());
                }
            }
        } catch (IOException e) {
            log.debug("{} cannot be checked", staging, e);
        }
        return found;
    }

    /** Logs it, too; if it is unknown, it may be there. */
    private boolean isThere(String earlier) {
        URI uri = URI.create(earlier);
        try (BatchFiles files = CheckedFiles.connect(() -> BatchFiles.connect(uri, offload.hadoopConf()))) {
            if (!files.exists("")) {
                return false;
            }
            log.warn(
                    "{} was staged under an earlier name, journal or offload.staging, and is no longer needed:"
                            + " remove it with '{}'",
                    earlier,
                    command(uri));
        } catch (IOException e) {
            log.warn(
                    "{} contained staged batches and cannot be checked now ({}); if it exists, remove it with '{}'",
                    earlier,
                    e.toString(),
                    command(uri));
        }
        return true;
    }

    private static String command(URI uri) {
        return "file".equals(uri.getScheme())
                ? "rm -r " + quoted(Path.of(uri).toString())
                : "hdfs dfs -rm -r " + quoted(uri.toString());
    }

    /** For a shell. */
    private static String quoted(String word) {
        return word.matches("[A-Za-z0-9_./:@%+=,-]+") ? word : "\"" + word.replaceAll("([\"\\\\$`])", "\\\\$1") + "\"";
    }

    private void remember(Set<String> places) throws IOException {
        if (places.isEmpty()) {
            Files.deleteIfExists(file);
            return;
        }
        StringBuilder lines = new StringBuilder();
        places.stream().limit(PLACES_MAX).forEach(each -> lines.append(each).append('\n'));
        Path fresh = file.resolveSibling(FILE + ".tmp");
        try (FileChannel out = PrivateFiles.open(
                fresh, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            out.write(StandardCharsets.UTF_8.encode(lines.toString()));
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
