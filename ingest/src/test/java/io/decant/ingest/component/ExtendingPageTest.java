package io.decant.ingest.component;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page on adding types names files and classes that there are. */
class ExtendingPageTest {

    private static final Path ROOT = Path.of(System.getProperty("decant.root"));
    private static final List<String> MODULES = List.of("config", "bucketer", "ingest", "offload");
    /** What the reader is to make. */
    private static final Pattern EXAMPLE = Pattern.compile(".*[Ee]xample.*");

    private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");
    private static final Pattern PATH = Pattern.compile("([a-z-]+/)*[A-Za-z.-]*(/|\\.java|\\.md)");
    private static final Pattern CLASS = Pattern.compile("[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*");

    private static List<String> code(Pattern kind) throws IOException {
        return CODE.matcher(Files.readString(ROOT.resolve("docs/extending.md")))
                .results()
                .map((MatchResult code) -> code.group(1))
                .filter(code ->
                        kind.matcher(code).matches() && !EXAMPLE.matcher(code).matches())
                .toList();
    }

    @Test
    void shouldNameFilesThatThereAre() throws IOException {
        assertThat(code(PATH)).hasSizeGreaterThan(8).allSatisfy(path -> assertThat(ROOT.resolve(path))
                .exists());
    }

    @Test
    void shouldNameClassesThatThereAre() throws IOException {
        Set<String> classes = new TreeSet<>();
        for (String module : MODULES) {
            classes.addAll(classes(ROOT.resolve(module)));
        }
        List<String> missing = new ArrayList<>(code(CLASS));
        assertThat(missing).hasSizeGreaterThan(30);
        missing.removeAll(classes);
        assertThat(missing).isEmpty();
    }

    private static Set<String> classes(Path module) throws IOException {
        try (Stream<Path> files = Files.walk(module)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".java"))
                    .map(name -> name.substring(0, name.length() - ".java".length()))
                    .collect(Collectors.toSet());
        }
    }
}
