package io.decant.packages;

import io.decant.packages.OciImage.Layer;
import java.io.File;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Makes the packages of a release from the distribution: run by the build with {@code -Ppackages}. The same input makes
 * the same bytes.
 */
public final class PackagesMain {
    private static final String HOME = "/usr/share/decant";
    private static final String DOC = "/usr/share/doc/decant";

    /** What the driver of Spark is started by, and what Hadoop starts for files of a local disk. */
    private static final List<Path> SPARK_PROGRAMS = Stream.of(
                    "sh", "bash", "chmod", "ls", "ln", "readlink", "stat", "id", "whoami", "setsid")
            .map(name -> Path.of(name.equals("sh") || name.equals("bash") ? "/bin" : "/usr/bin", name))
            .toList();

    /** What Debian and Go call an architecture, and how the names of jars end that are for it alone. */
    private enum Architecture {
        amd64("linux-x86_64.jar"),
        arm64("linux-aarch_64.jar");

        private final String jars;

        Architecture(String jars) {
            this.jars = jars;
        }

        boolean takes(Path jar) {
            return Stream.of(values())
                    .noneMatch(other -> other != this && jar.toString().endsWith(other.jars));
        }
    }

    private final Path root;
    private final Path sources;
    private final Path distribution;
    private final Path output;
    private final Path scratch;
    private final String version;
    private final Instant time;
    private final List<String> flags;

    private PackagesMain(Path root, Path output, String version, Instant time, List<String> flags) throws IOException {
        this.root = root;
        this.sources = root.resolve("ingest/packages/src/main");
        this.distribution = root.resolve("ingest/target/distribution");
        this.output = Files.createDirectories(output);
        this.scratch = Files.createDirectories(output.resolveSibling("scratch"));
        this.version = version;
        this.time = time;
        this.flags = flags;
    }

    /**
     * Makes them all.
     *
     * @param args the root of the source tree; the folder of the packages; the version; the time of every file; flags
     *     of the JVM; a folder with jmods for arm64, or nothing
     */
    public static void main(String[] args) throws Exception {
        PackagesMain packages = new PackagesMain(
                Path.of(args[0]), Path.of(args[1]), args[2], Instant.parse(args[3]), List.of(args[4].split(" ", -1)));
        packages.make(args.length < 6 || args[5].isBlank() ? null : Path.of(args[5]));
    }

    private void make(Path arm64Jmods) throws Exception {
        clean();
        Map<String, Path> shell = shellFiles();
        Path bill = bill(root.resolve("ingest/target/bom.json"), "decant-" + version + "-bom.json");
        Path sparkBill = bill(root.resolve("offload/spark/target/bom.json"), "decant-spark-" + version + "-bom.json");
        Licences licences = new Licences(bill, sources.resolve("licences"), root.resolve("LICENSE"));
        Licences sparkLicences = new Licences(sparkBill, sources.resolve("licences"), root.resolve("LICENSE"));
        for (Architecture architecture : Architecture.values()) {
            deb(architecture, licences, shell);
        }
        sparkDeb(sparkLicences);
        archive(licences, shell);
        sparkArchive(sparkLicences);
        image(Architecture.amd64, Path.of(System.getProperty("java.home"), "jmods"), licences, sparkLicences);
        if (arm64Jmods != null) {
            image(Architecture.arm64, arm64Jmods, licences, sparkLicences);
        }
        checksums();
    }

    private void clean() throws IOException {
        try (Stream<Path> old = Files.list(output)) {
            for (Path file : old.toList()) {
                Files.delete(file);
            }
        }
    }

    /** Completions and manual pages, by name. */
    private Map<String, Path> shellFiles() throws IOException, InterruptedException {
        Path folder = Files.createDirectories(scratch.resolve("shell"));
        Path classes = Path.of(System.getProperty("java.class.path").split(File.pathSeparator, 2)[0]);
        Program.run(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dslf4j.internal.verbosity=ERROR",
                "-cp",
                classes + ":" + distribution + "/lib/demo/*:" + distribution + "/lib/*:" + distribution
                        + "/lib/spark/*",
                ShellFiles.class.getName(),
                folder.toString(),
                version,
                DateTimeFormatter.ISO_LOCAL_DATE.withZone(ZoneOffset.UTC).format(time)));
        Map<String, Path> files = new LinkedHashMap<>();
        try (Stream<Path> all = Files.list(folder)) {
            all.sorted().forEach(file -> files.put(file.getFileName().toString(), file));
        }
        return files;
    }

    private Path bill(Path made, String name) throws IOException {
        return Files.copy(made, output.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }

    private List<Path> jars(Predicate<Path> wanted) throws IOException {
        return Licences.jars(distribution.resolve("lib")).stream()
                .filter(wanted)
                .toList();
    }

    private List<Path> sparkJars() throws IOException {
        return Licences.jars(distribution.resolve("lib/spark"));
    }

    /** What every package of the server has below one folder. */
    private FileTree home(FileTree files, String home, Predicate<Path> wanted) throws IOException {
        for (Path jar : jars(wanted)) {
            files.file(home + "/lib/" + jar.getFileName(), jar, FileTree.FILE);
        }
        for (Path jar : Licences.jars(distribution.resolve("lib/demo"))) {
            files.file(home + "/lib/demo/" + jar.getFileName(), jar, FileTree.FILE);
        }
        return files;
    }

    private void deb(Architecture architecture, Licences licences, Map<String, Path> shell) throws Exception {
        FileTree files = home(new FileTree(), HOME, architecture::takes);
        files.file(HOME + "/bin/decant", distribution.resolve("bin/decant"), FileTree.PROGRAM);
        files.link("/usr/bin/decant", "../share/decant/bin/decant");
        files.text("/etc/decant/decant.yaml", settings("/var/lib/decant", "127.0.0.1:9999", "127.0.0.1:8080"));
        files.file("/etc/default/decant", own("decant.default"), FileTree.FILE);
        files.file("/lib/systemd/system/decant.service", own("decant.service"), FileTree.FILE);
        for (Map.Entry<String, Path> file : shell.entrySet()) {
            if (file.getKey().endsWith(".1")) {
                files.packed("/usr/share/man/man1/" + file.getKey() + ".gz", Files.readAllBytes(file.getValue()));
            }
        }
        files.file("/usr/share/bash-completion/completions/decant", shell.get("decant.bash"), FileTree.FILE);
        files.file("/usr/share/zsh/vendor-completions/_decant", shell.get("decant.zsh"), FileTree.FILE);
        files.file("/usr/share/fish/vendor_completions.d/decant.fish", shell.get("decant.fish"), FileTree.FILE);
        documentation(files, DOC);
        debian(files, "decant");
        licences.put(files, DOC, jars(architecture::takes), "");
        new DebPackage(deb("decant/control"), Map.of("version", version, "architecture", architecture.name()), time)
                .write(
                        files,
                        List.of("/etc/decant/decant.yaml", "/etc/default/decant"),
                        output.resolve("decant_" + version + "_" + architecture + ".deb"));
    }

    private void sparkDeb(Licences licences) throws Exception {
        FileTree files = new FileTree();
        for (Path jar : sparkJars()) {
            files.file(HOME + "/lib/spark/" + jar.getFileName(), jar, FileTree.FILE);
        }
        debian(files, "decant-spark");
        licences.put(files, "/usr/share/doc/decant-spark", sparkJars(), "");
        new DebPackage(deb("decant-spark/control"), Map.of("version", version), time)
                .write(files, List.of(), output.resolve("decant-spark_" + version + "_all.deb"));
    }

    private Path deb(String name) {
        return sources.resolve("deb").resolve(name);
    }

    private Path own(String name) {
        return deb("files").resolve(name);
    }

    /** What Debian wants of every package beside its files. */
    private void debian(FileTree files, String name) throws IOException {
        files.file("/usr/share/doc/" + name + "/copyright", own("copyright"), FileTree.FILE);
        files.file("/usr/share/lintian/overrides/" + name, own(name + ".lintian-overrides"), FileTree.FILE);
        String date = DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss Z", Locale.ROOT)
                .withZone(ZoneOffset.UTC)
                .format(time);
        String log = """
                %s (%s) stable; urgency=medium

                  * What has changed is in CHANGELOG.md of the package decant.

                 -- Decant developers <decant@localhost>  %s
                """.formatted(name, version, date);
        files.packed("/usr/share/doc/" + name + "/changelog.gz", log.getBytes(StandardCharsets.UTF_8));
    }

    private void documentation(FileTree files, String folder) throws IOException {
        for (String page :
                List.of("README.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "RELIABILITY.md")) {
            files.file(folder + "/" + page, distribution.resolve(page), FileTree.FILE);
        }
        files.all(folder + "/docs", distribution.resolve("docs"), page -> true, FileTree.FILE);
        files.all(folder + "/examples", distribution.resolve("examples"), page -> true, FileTree.FILE);
    }

    /** The settings that come with the archive, for another place. */
    private String settings(String dataDir, String tcp, String admin) throws IOException {
        String text = Files.readString(distribution.resolve("conf/decant.yaml"));
        return replaced(
                replaced(
                        replaced(
                                replaced(
                                        replaced(text, "conf/decant.yaml`, or", "/etc/decant/decant.yaml`, or"),
                                        "-c conf/decant.yaml`.",
                                        "-c /etc/decant/decant.yaml`."),
                                "data-dir: ../data                # the journal; relative to this file; default ./data",
                                "data-dir: " + dataDir + "        # the journal; the service may write nowhere else"),
                        "staging: ./data/staging",
                        "staging: " + dataDir + "/staging"),
                "127.0.0.1:9999",
                tcp,
                "127.0.0.1:8080",
                admin);
    }

    private static String replaced(String text, String... pairs) {
        String result = text;
        for (int i = 0; i < pairs.length; i += 2) {
            if (!result.contains(pairs[i])) {
                throw new IllegalStateException("the settings have no '" + pairs[i] + "' any more");
            }
            result = result.replace(pairs[i], pairs[i + 1]);
        }
        return result;
    }

    /** As the build makes it, and with the licences and what belongs to a shell. */
    private void archive(Licences licences, Map<String, Path> shell) throws IOException {
        String home = "/decant-" + version;
        FileTree files = home(new FileTree(), home, jar -> true);
        files.file(home + "/bin/decant", distribution.resolve("bin/decant"), FileTree.PROGRAM);
        files.file(home + "/conf/decant.yaml", distribution.resolve("conf/decant.yaml"), FileTree.FILE);
        files.file(home + "/LICENSE", distribution.resolve("LICENSE"), FileTree.FILE);
        documentation(files, home);
        for (Map.Entry<String, Path> file : shell.entrySet()) {
            String folder = file.getKey().endsWith(".1") ? "/man/man1/" : "/completions/";
            files.file(home + folder + file.getKey(), file.getValue(), FileTree.FILE);
        }
        licences.put(files, home, jars(jar -> true), "");
        new Archive(time).write(files, output.resolve("decant-" + version + ".tar.gz"));
    }

    /** To be unpacked in the folder of the one above. */
    private void sparkArchive(Licences licences) throws IOException {
        String home = "/decant-" + version + "/lib/spark";
        FileTree files = new FileTree();
        for (Path jar : sparkJars()) {
            files.file(home + "/" + jar.getFileName(), jar, FileTree.FILE);
        }
        licences.put(files, home, sparkJars(), "");
        new Archive(time).write(files, output.resolve("decant-spark-" + version + ".tar.gz"));
    }

    private void image(Architecture architecture, Path jmods, Licences licences, Licences sparkLicences)
            throws Exception {
        Path runtime = scratch.resolve("runtime-" + architecture);
        JavaRuntime.link(jmods, runtime);
        FileTree java = new FileTree();
        JavaRuntime.put(java, runtime);
        if (architecture == Architecture.amd64) {
            JavaRuntime.putCLibrary(java, runtime);
        } else {
            java.all("/lib", jmods.resolveSibling("lib"), file -> true, FileTree.PROGRAM);
        }
        java.text("/etc/passwd", "root:x:0:0:root:/:/none\ndecant:x:10001:10001:Decant:/var/lib/decant:/none\n");
        java.text("/etc/group", "root:x:0:\ndecant:x:10001:\n");
        java.text("/etc/nsswitch.conf", "hosts: files dns\n");
        java.text("/etc/hosts", "127.0.0.1 localhost\n::1 localhost\n");
        // Native code is unpacked there. jib knows no sticky bit, and there is one user.
        java.directory("/tmp", 0777);
        FileTree server = home(new FileTree(), HOME, architecture::takes);
        server.text("/etc/decant/decant.yaml", settings("/var/lib/decant", "0.0.0.0:9999", "0.0.0.0:8080"));
        server.text("/etc/decant/jvm.options", "-Xmx256m\n-XX:MaxDirectMemorySize=256m\n-XX:+UseG1GC\n");
        server.directory("/var/lib/decant", 0700);
        licences.put(server, DOC, jars(architecture::takes), """

                This image also holds a Java runtime (OpenJDK: GPL-2.0 with the Classpath Exception, see /opt/java/legal), the GNU C
                library (LGPL-2.1), GCC's run-time libraries (GPL-3.0 with the GCC Runtime Library Exception) and zlib, as the
                machine that built it has them.
                """);
        List<Layer> layers = List.of(new Layer("java", java), new Layer("decant", server));
        String suffix = (architecture == Architecture.amd64 ? "" : "-" + architecture) + "-oci.tar";
        image("decant", architecture, layers, output.resolve("decant-" + version + suffix));
        if (architecture != Architecture.amd64) {
            // Spark starts programs, and those at hand are this machine's.
            return;
        }
        FileTree spark = new FileTree();
        for (Path jar : sparkJars()) {
            spark.file(HOME + "/lib/spark/" + jar.getFileName(), jar, FileTree.FILE);
        }
        JavaRuntime.putPrograms(spark, SPARK_PROGRAMS, java);
        sparkLicences.put(spark, "/usr/share/doc/decant-spark", sparkJars(), """

                This image also holds a shell and a few programs that Hadoop and Spark start (dash: BSD-3-Clause; bash, coreutils:
                GPL-3.0; util-linux: GPL-2.0) with their libraries, as the machine that built it has them.
                """);
        List<Layer> withSpark = new ArrayList<>(layers);
        withSpark.add(new Layer("spark", spark));
        image("decant-spark", architecture, withSpark, output.resolve("decant-spark-" + version + suffix));
    }

    private void image(String name, Architecture architecture, List<Layer> layers, Path tar) throws Exception {
        List<String> entry = new ArrayList<>(List.of("/opt/java/bin/java", "@/etc/decant/jvm.options"));
        entry.addAll(List.of("-XX:+ExitOnOutOfMemoryError", "-XX:-UsePerfData"));
        entry.addAll(flags);
        entry.addAll(List.of("-Ddecant.home=" + HOME, "-cp", HOME + "/lib/*:" + HOME + "/lib/jdbc/*"));
        entry.add("io.decant.ingest.cli.Main");
        new OciImage(scratch.resolve("image-" + architecture), time)
                .write(
                        name + ":" + version,
                        architecture.name(),
                        layers,
                        entry,
                        List.of("run", "-c", "/etc/decant/decant.yaml"),
                        Map.of(
                                "org.opencontainers.image.title", name,
                                "org.opencontainers.image.version", version,
                                "org.opencontainers.image.licenses", "Apache-2.0"),
                        tar);
    }

    private void checksums() throws Exception {
        StringBuilder sums = new StringBuilder();
        try (Stream<Path> all = Files.list(output)) {
            for (Path file : all.sorted().toList()) {
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                try (var in = Files.newInputStream(file)) {
                    byte[] buffer = new byte[1 << 16];
                    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                        digest.update(buffer, 0, read);
                    }
                }
                sums.append(String.format("%064x", new BigInteger(1, digest.digest())))
                        .append("  ")
                        .append(file.getFileName())
                        .append('\n');
            }
        }
        Files.writeString(output.resolve("SHA256SUMS"), sums);
    }
}
