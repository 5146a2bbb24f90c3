package io.decant.ingest.component;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The page on what can be relied on names tests, scripts and long runs that there are. */
class ReliabilityPageTest {

    private static final Path ROOT = Path.of(System.getProperty("decant.root"));
    private static final List<String> MODULES = List.of("config", "bucketer", "ingest", "offload", "load-test");
    private static final Pattern TEST = Pattern.compile("\\b[A-Z][A-Za-z0-9]+(?:Test|IT)\\b");
    private static final Pattern SCRIPT = Pattern.compile("`([a-z-]+\\.sh)");
    private static final Pattern RUN = Pattern.compile("(?<!\\*)\\*([a-z][a-z ]+)\\*(?!\\*)");
    private static final Pattern RUN_ROW = Pattern.compile("(?m)^\\| \\*([a-z ]+)\\* \\|");
    private static final Pattern PROMISE_ROW = Pattern.compile("(?m)^\\| (\\d+) \\| \\*\\*");
    private static final Pattern ANCHOR = Pattern.compile("\\]\\(#([^)]*)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");

    private String page;

    @BeforeEach
    void read() throws IOException {
        page = Files.readString(ROOT.resolve("RELIABILITY.md"));
    }

    private Set<String> found(Pattern pattern, int group) {
        return pattern.matcher(page)
                .results()
                .map((MatchResult match) -> match.group(group))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void shouldNameTestsThatThereAre() throws IOException {
        Set<String> missing = found(TEST, 0);
        assertThat(missing).hasSizeGreaterThan(80);
        for (String module : MODULES) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module))) {
                files.map(file -> file.getFileName().toString().replace(".java", ""))
                        .forEach(missing::remove);
            }
        }
        assertThat(missing).isEmpty();
    }

    @Test
    void shouldNameScriptsThatThereAre() {
        assertThat(found(SCRIPT, 1)).hasSizeGreaterThan(3).allSatisfy(script -> assertThat(
                        ROOT.resolve("load-test/src/main/scripts/" + script))
                .isExecutable());
    }

    @Test
    void shouldSayOfEachLongRunHowItIsRun() {
        Set<String> runs = found(RUN, 1);
        runs.remove("italics");
        assertThat(runs).hasSizeGreaterThan(10).isEqualTo(found(RUN_ROW, 1));
    }

    /** Other pages and messages name them. */
    @Test
    void shouldNumberPromisesWithoutAGap() {
        List<Integer> numbers = PROMISE_ROW
                .matcher(page)
                .results()
                .map(match -> Integer.valueOf(match.group(1)))
                .toList();
        assertThat(numbers)
                .hasSizeGreaterThanOrEqualTo(11)
                .isEqualTo(IntStream.rangeClosed(1, numbers.size()).boxed().toList());
    }

    @Test
    void shouldLinkToHeadingsThatThereAre() {
        Set<String> headings = found(HEADING, 1).stream()
                .map(heading -> heading.toLowerCase(Locale.ROOT)
                        .replaceAll("[^a-z0-9 _-]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
        assertThat(headings).containsAll(found(ANCHOR, 1)).contains("assumed");
    }
}
