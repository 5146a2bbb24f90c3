package io.decant.packages;

import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.JibContainerBuilder;
import com.google.cloud.tools.jib.api.Ports;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import com.google.cloud.tools.jib.api.buildplan.ImageFormat;
import com.google.cloud.tools.jib.api.buildplan.Platform;
import io.decant.packages.FileTree.Content;
import io.decant.packages.FileTree.Directory;
import io.decant.packages.FileTree.Item;
import io.decant.packages.FileTree.Link;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Writes an image in the layout of OCI as a tar file, from nothing: no daemon, no registry. */
final class OciImage {
    /** User and group of the process; numbers, since Kubernetes compares no names. */
    static final String USER = "10001:10001";

    private static final String DATA = "/var/lib/decant";

    private final Path scratch;
    private final Instant time;

    /**
     * @param scratch a folder for copies and for what jib keeps
     * @param time of the image and of every file
     */
    OciImage(Path scratch, Instant time) {
        this.scratch = scratch;
        this.time = time;
    }

    /** What lies in one layer, and what history says of it. */
    record Layer(String name, FileTree files) {}

    /**
     * Writes it.
     *
     * @param name with a tag
     * @param architecture as Go calls it
     * @param entry the program and those of its arguments that stay
     * @param labels annotations of OCI
     */
    void write(
            String name,
            String architecture,
            List<Layer> layers,
            List<String> entry,
            List<String> arguments,
            Map<String, String> labels,
            Path tar)
            throws Exception {
        JibContainerBuilder image = Jib.fromScratch()
                .setFormat(ImageFormat.OCI)
                .setPlatforms(Set.of(new Platform(architecture, "linux")))
                .setCreationTime(time)
                .setUser(USER)
                .setWorkingDirectory(AbsoluteUnixPath.get(DATA))
                .addVolume(AbsoluteUnixPath.get(DATA))
                .setExposedPorts(Ports.parse(List.of("8080/tcp", "9999/tcp")))
                .setEntrypoint(entry)
                .setProgramArguments(arguments)
                .setEnvironment(new TreeMap<>(Map.of("LC_ALL", "C.UTF-8", "PATH", "/opt/java/bin:/usr/bin:/bin")));
        new TreeMap<>(labels).forEach(image::addLabel);
        for (Layer layer : layers) {
            image.addFileEntriesLayer(layer(layer));
        }
        Files.deleteIfExists(tar);
        image.containerize(Containerizer.to(TarImage.at(tar).named(name))
                .setOfflineMode(true)
                .setToolName("decant")
                .setBaseImageLayersCache(Files.createDirectories(scratch.resolve("base-layers")))
                .setApplicationLayersCache(Files.createDirectories(scratch.resolve("layers"))));
    }

    private FileEntriesLayer layer(Layer layer) throws IOException {
        Path copies = scratch.resolve("files").resolve(layer.name().replace(' ', '-'));
        FileEntriesLayer.Builder builder = FileEntriesLayer.builder().setName(layer.name());
        for (Map.Entry<String, Item> item : layer.files().items().entrySet()) {
            String path = item.getKey();
            // Files come from the disk: a copy of each, which also makes one of a link's target.
            Path copy = copies.resolve(path.substring(1));
            Item what = item.getValue();
            if (what instanceof Content content) {
                Files.createDirectories(copy.getParent());
                try (InputStream in = content.source().open()) {
                    Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
                }
                add(builder, copy, path, content.mode());
            } else if (what instanceof Directory directory) {
                add(builder, Files.createDirectories(copy), path, directory.mode());
            } else if (what instanceof Link link) {
                throw new IllegalArgumentException(path + " is a link to " + link.target() + ", which jib cannot make");
            }
        }
        return builder.build();
    }

    private void add(FileEntriesLayer.Builder builder, Path file, String path, int mode) {
        builder.addEntry(
                file,
                AbsoluteUnixPath.get(path),
                FilePermissions.fromOctalString(Integer.toOctalString(mode)),
                time,
                path.equals(DATA) ? USER : "0:0");
    }
}
