package io.decant.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is in the packages. Programs of Debian's are asked where they are installed. */
class PackagesIT {
    private static final Path PACKAGES = Path.of(System.getProperty("decant.packages"));
    private static final Path DISTRIBUTION = Path.of(System.getProperty("decant.distribution"));
    private static final String VERSION = System.getProperty("decant.version");
    private static final String DEB = "decant_" + VERSION + "_amd64.deb";
    private static final String SPARK_DEB = "decant-spark_" + VERSION + "_all.deb";

    /** A score of systemd's above which a service is more exposed than ours shall be, times ten. */
    private static final int EXPOSURE_MAX = 25;

    /** A line of NOTICE: group, name, version, classifier, licence. */
    private static final Pattern NOTICED = Pattern.compile("(?m)^[\\w.-]+:(\\S+) (\\S+?)(?: \\((\\S+)\\))?: (\\S+)$");

    private static final Pattern CLASSIFIER = Pattern.compile("classifier=([^&]+)");

    @TempDir
    static Path temp;

    /** The amd64 package's and Spark's, unpacked. */
    private static Path server;

    private static Path spark;

    @BeforeAll
    static void unpack() throws Exception {
        server = unpacked(DEB);
        spark = unpacked(SPARK_DEB);
    }

    private static Path unpacked(String deb) throws Exception {
        Path folder = Files.createDirectory(temp.resolve(deb));
        if (isInstalled("dpkg-deb")) {
            run("dpkg-deb", "-R", PACKAGES.resolve(deb), folder);
        } else {
            run("ar", "x", PACKAGES.resolve(deb), "--output", folder);
            run("tar", "-xzpf", folder.resolve("data.tar.gz"), "-C", folder);
            run(
                    "tar",
                    "-xzpf",
                    folder.resolve("control.tar.gz"),
                    "-C",
                    Files.createDirectory(folder.resolve("DEBIAN")));
        }
        return folder;
    }

    @Test
    void shouldHaveAChecksumOfEachFile() throws Exception {
        assertThat(run("sh", "-c", "cd \"$0\" && sha256sum -c SHA256SUMS", PACKAGES))
                .doesNotContain("FAILED");
        Set<String> summed = new TreeSet<>();
        for (String line : Files.readAllLines(PACKAGES.resolve("SHA256SUMS"))) {
            summed.add(line.substring(line.lastIndexOf(' ') + 1));
        }
        assertThat(summed)
                .contains(
                        DEB,
                        "decant_" + VERSION + "_arm64.deb",
                        SPARK_DEB,
                        "decant-" + VERSION + ".tar.gz",
                        "decant-" + VERSION + "-oci.tar",
                        "decant-" + VERSION + "-bom.json")
                .isEqualTo(names(PACKAGES, file -> !file.equals("SHA256SUMS")));
    }

    @Test
    void shouldInstallWhatTheServerNeedsAndNothingOfSpark() throws IOException {
        Path home = server.resolve("usr/share/decant");
        assertThat(names(home.resolve("lib"), file -> file.endsWith(".jar")))
                .isEqualTo(names(
                        DISTRIBUTION.resolve("lib"),
                        file -> file.endsWith(".jar") && !file.endsWith("linux-aarch_64.jar")));
        assertThat(home.resolve("lib/spark")).doesNotExist();
        assertThat(names(spark.resolve("usr/share/decant/lib/spark"), file -> true))
                .isEqualTo(names(DISTRIBUTION.resolve("lib/spark"), file -> file.endsWith(".jar")));
        assertThat(Files.readSymbolicLink(server.resolve("usr/bin/decant"))).hasToString("../share/decant/bin/decant");
        assertThat(home.resolve("bin/decant")).isExecutable();
        assertThat(server.resolve("etc/decant/decant.yaml")).content().contains("data-dir: /var/lib/decant ");
        assertThat(server.resolve("var")).doesNotExist();
        assertThat(server.resolve("usr/share/bash-completion/completions/decant"))
                .content()
                .contains("--on-hangup");
        assertThat(server.resolve("usr/share/zsh/vendor-completions/_decant"))
                .content()
                .contains("--jar");
        assertThat(server.resolve("usr/share/fish/vendor_completions.d/decant.fish"))
                .content()
                .contains("-l seconds");
    }

    @Test
    void shouldTellDpkgWhatItIs() throws IOException {
        Map<String, String> control = control(server);
        assertThat(control)
                .containsEntry("Package", "decant")
                .containsEntry("Version", VERSION)
                .containsEntry("Architecture", "amd64")
                .hasEntrySatisfying(
                        "Depends", depends -> assertThat(depends).contains("java17-runtime-headless", "adduser"));
        assertThat(control(spark))
                .containsEntry("Architecture", "all")
                .containsEntry("Depends", "decant (= " + VERSION + ")");
        assertThat(Files.readAllLines(server.resolve("DEBIAN/conffiles")))
                .containsExactlyInAnyOrder("/etc/decant/decant.yaml", "/etc/default/decant");
        for (String script : List.of("postinst", "prerm", "postrm")) {
            assertThat(server.resolve("DEBIAN").resolve(script)).isExecutable();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"decant_%s_amd64.deb", "decant-spark_%s_all.deb"})
    void shouldBeCleanForLintian(String deb) throws Exception {
        assumeTrue(isInstalled("lintian"), "lintian is not installed");
        String name = deb.formatted(VERSION);
        assertThat(run(
                                "lintian",
                                "--allow-root",
                                "--display-info",
                                "--fail-on",
                                "error,warning,info",
                                PACKAGES.resolve(name))
                        .lines()
                        .filter(line -> !line.startsWith("running with root")))
                .isEmpty();
    }

    @Test
    void shouldGiveAReasonForEachOverride() throws IOException {
        for (Path overrides : List.of(
                server.resolve("usr/share/lintian/overrides/decant"),
                spark.resolve("usr/share/lintian/overrides/decant-spark"))) {
            List<String> lines = Files.readAllLines(overrides);
            assertThat(lines.get(0)).startsWith("# ");
        }
    }

    @Test
    void shouldExposeTheServiceLittle() throws Exception {
        assumeTrue(isInstalled("systemd-analyze"), "systemd is not installed");
        run(
                "systemd-analyze",
                "security",
                "--offline=true",
                "--threshold=" + EXPOSURE_MAX,
                server.resolve("lib/systemd/system/decant.service"));
    }

    @Test
    void shouldRunTheServiceAsItsUserAndReloadBySighup() throws IOException {
        assertThat(server.resolve("lib/systemd/system/decant.service"))
                .content()
                .contains(
                        "User=decant\n",
                        "ExecStart=/usr/share/decant/bin/decant run -c /etc/decant/decant.yaml --on-hangup=reload\n",
                        "ExecReload=/bin/kill -HUP $MAINPID\n",
                        "RestartPreventExitStatus=2 78\n",
                        "TimeoutStopSec=90\n",
                        "LimitNOFILE=65536\n");
    }

    @Test
    void shouldHaveAManualPageOfEachCommand() throws Exception {
        Path pages = server.resolve("usr/share/man/man1");
        assertThat(names(pages, file -> true))
                .contains(
                        "decant.1.gz",
                        "decant-run.1.gz",
                        "decant-dlq-list.1.gz",
                        "decant-job.1.gz",
                        "decant-demo.1.gz");
        assumeTrue(isInstalled("man"), "man is not installed");
        for (String page : names(pages, file -> true)) {
            String shown = run(
                    "sh",
                    "-c",
                    "LC_ALL=C.UTF-8 MANWIDTH=100 man --warnings -E UTF-8 -l \"$0\" 2>&1",
                    pages.resolve(page));
            assertThat(shown)
                    .contains("NAME", "SYNOPSIS", "OPTIONS", "EXIT STATUS")
                    .doesNotContain("warning:");
        }
    }

    @Test
    void shouldNameEveryLibraryInTheBillAndInNotice() throws IOException {
        check(
                PACKAGES.resolve("decant-" + VERSION + "-bom.json"),
                server.resolve("usr/share/decant/lib"),
                "decant",
                server);
        check(
                PACKAGES.resolve("decant-spark-" + VERSION + "-bom.json"),
                spark.resolve("usr/share/decant/lib/spark"),
                "decant-spark",
                spark);
    }

    private static void check(Path bill, Path lib, String name, Path unpacked) throws IOException {
        JsonNode json = new ObjectMapper().readTree(bill.toFile());
        Set<String> billed = new TreeSet<>(Set.of(jar(json.path("metadata").path("component"))));
        json.path("components").forEach(component -> billed.add(jar(component)));
        Path doc = unpacked.resolve("usr/share/doc").resolve(name);
        Set<String> noticed = new TreeSet<>();
        Matcher lines = NOTICED.matcher(Files.readString(doc.resolve("NOTICE")));
        while (lines.find()) {
            noticed.add(lines.group(1) + "-" + lines.group(2) + (lines.group(3) == null ? "" : "-" + lines.group(3))
                    + ".jar");
            assertThat(doc.resolve("licenses").resolve(lines.group(4) + ".txt")).isNotEmptyFile();
        }
        Set<String> jars = names(lib, file -> file.endsWith(".jar"));
        assertThat(billed).containsAll(jars);
        jars.removeIf(jar -> jar.startsWith("decant-"));
        assertThat(noticed).isEqualTo(jars);
    }

    private static String jar(JsonNode component) {
        Matcher classifier = CLASSIFIER.matcher(component.path("purl").asText());
        return component.path("name").asText() + "-" + component.path("version").asText()
                + (classifier.find() ? "-" + classifier.group(1) : "") + ".jar";
    }

    private static Map<String, String> control(Path unpacked) throws IOException {
        return Files.readAllLines(unpacked.resolve("DEBIAN/control")).stream()
                .filter(line -> !line.startsWith(" "))
                .map(line -> line.split(": ", 2))
                .collect(Collectors.toMap(field -> field[0], field -> field[1], (one, other) -> one, TreeMap::new));
    }

    private static Set<String> names(Path folder, Predicate<String> wanted) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(wanted)
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static boolean isInstalled(String program) {
        return Arrays.stream(System.getenv("PATH").split(":", -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    private static String run(Object... words) throws IOException, InterruptedException {
        return Program.run(Arrays.stream(words).map(Object::toString).toList());
    }
}
