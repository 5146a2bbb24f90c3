package io.decant.packages;

import io.decant.packages.FileTree.Content;
import io.decant.packages.FileTree.Directory;
import io.decant.packages.FileTree.Item;
import io.decant.packages.FileTree.Link;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.vafer.jdeb.Console;
import org.vafer.jdeb.DataConsumer;
import org.vafer.jdeb.DataProducer;
import org.vafer.jdeb.DebMaker;
import org.vafer.jdeb.PackagingException;
import org.vafer.jdeb.shaded.commons.compress.archivers.tar.TarArchiveEntry;
import org.vafer.jdeb.shaded.commons.compress.archivers.tar.TarConstants;
import org.vafer.jdeb.utils.MapVariableResolver;

/** Writes one Debian package. Everything in it belongs to root; what shall not, the package's scripts give away. */
final class DebPackage {
    private final Path control;
    private final Map<String, String> variables;
    private final Instant time;

    /**
     * @param control folder of the control file and the scripts, in which {@code [[name]]} is a variable
     * @param variables what they stand for
     * @param time of every file
     */
    DebPackage(Path control, Map<String, String> variables, Instant time) {
        this.control = control;
        this.variables = variables;
        this.time = time;
    }

    /**
     * @param files what it installs
     * @param conffiles paths of the files among them that belong to the administrator once they are installed
     */
    void write(FileTree files, List<String> conffiles, Path deb) throws PackagingException {
        FileTree settings = new FileTree();
        conffiles.forEach(path -> settings.items().put(path, files.items().get(path)));
        DebMaker maker = new DebMaker(new Quiet(), List.of(producer(files)), List.of(producer(settings)));
        maker.setDeb(deb.toFile());
        maker.setControl(control.toFile());
        maker.setResolver(new MapVariableResolver(variables));
        maker.setCompression("gzip");
        maker.setOutputTimestampMs(time.toEpochMilli());
        maker.setTarLongFileMode("posix");
        maker.makeDeb();
    }

    private DataProducer producer(FileTree files) {
        return receiver -> {
            for (Map.Entry<String, Item> item : files.items().entrySet()) {
                produce(receiver, "." + item.getKey(), item.getValue());
            }
        };
    }

    private void produce(DataConsumer receiver, String path, Item item) throws IOException {
        if (item instanceof Content content) {
            TarArchiveEntry entry = owned(new TarArchiveEntry(path, true));
            entry.setSize(content.bytes());
            entry.setMode(content.mode());
            try (InputStream in = content.source().open()) {
                receiver.onEachFile(in, entry);
            }
        } else if (item instanceof Directory directory) {
            TarArchiveEntry entry = owned(new TarArchiveEntry(path + "/", true));
            entry.setMode(directory.mode());
            receiver.onEachDir(entry);
        } else if (item instanceof Link link) {
            TarArchiveEntry entry = owned(new TarArchiveEntry(path, TarConstants.LF_SYMLINK));
            entry.setLinkName(link.target());
            entry.setMode(0777);
            receiver.onEachLink(entry);
        }
    }

    private static TarArchiveEntry owned(TarArchiveEntry entry) {
        entry.setUserId(0);
        entry.setUserName("root");
        entry.setGroupId(0);
        entry.setGroupName("root");
        return entry;
    }

    /** Of jdeb's, only what is wrong. */
    private static final class Quiet implements Console {
        @Override
        public void debug(String message) {}

        @Override
        public void info(String message) {}

        @Override
        public void warn(String message) {
            throw new IllegalStateException(message);
        }
    }
}
