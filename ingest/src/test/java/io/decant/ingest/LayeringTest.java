package io.decant.ingest;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.INTERFACES;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toUnmodifiableSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.GeneralCodingRules;
import io.decant.ingest.cli.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Who may use whom, and what nobody may use. Every rule is tried twice: it must hold for our code, and it must fail for
 * each of the violations it is there for, which are compiled here from a line of source.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LayeringTest {
    private static final String BUCKETER = "io.decant.bucketer";
    private static final String CONFIG = "io.decant.config";
    private static final String OFFLOAD = "io.decant.offload";
    private static final String STAGE = "io.decant.ingest.stage";
    private static final String JOURNAL = "io.decant.ingest.journal";
    private static final String DATADIR = "io.decant.ingest.datadir";
    private static final String DEADLETTER = "io.decant.ingest.deadletter";
    private static final String LETTER_REPLAY = "io.decant.ingest.deadletter.replay";
    private static final String TLS = "io.decant.ingest.tls";
    private static final String USERS = "io.decant.ingest.users";
    private static final String SOURCE = "io.decant.ingest.source";
    private static final String BATCH = "io.decant.ingest.batch";
    private static final String SINK = "io.decant.ingest.sink";
    private static final String COMPONENT = "io.decant.ingest.component";
    private static final String HISTORY = "io.decant.ingest.history";
    private static final String ADMIN = "io.decant.ingest.admin";
    private static final String PIPELINE = "io.decant.ingest.pipeline";
    private static final String SERVER = "io.decant.ingest.server";
    private static final String PLAN = "io.decant.ingest.plan";
    private static final String DEMO = "io.decant.ingest.demo";
    private static final String CLI = "io.decant.ingest.cli";
    private static final String HARNESS = "io.decant.harness";
    private static final String LOADTEST = "io.decant.loadtest";

    /**
     * The picture: each package with its subpackages that have no place of their own, and what it may use of ours
     * besides itself.
     */
    private static final Map<String, Set<String>> MAY_USE = mayUse();

    /** What Spark's side and load-test use, which are not on the class path here. */
    private static final Set<String> USED_FROM_OUTSIDE = Set.of(BUCKETER, OFFLOAD, HARNESS, LOADTEST);

    /** For as long as these tests take: it is large, and the JVM goes on to others. */
    private final JavaClasses ours = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            // The journal's, which come in a jar once they are packaged.
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("io.decant");

    /** What the journal says about the requests that carry a batch: values, without a way into it. */
    private static final String SHAPE_OF_A_BATCH =
            "io\\.decant\\.ingest\\.journal\\.(Cut|Shape|SinkShape|Piece)(\\$.*)?";

    /** Each type of source or sink has a package of its own; the bodies are what several sinks share. */
    private static final String PACKAGE_OF_A_TYPE = "io\\.decant\\.ingest\\.(source|sink)\\.(?!body$)\\w+";

    /** Settings of sources and sinks, and what is made of them. */
    private static final DescribedPredicate<JavaClass> COMPONENTS = assignableTo(CONFIG + ".ComponentSettings")
            .or(assignableTo(SOURCE + ".SourceComponent"))
            .or(assignableTo(SINK + ".SinkComponent"))
            .or(assignableTo(SOURCE + ".Source"))
            .or(assignableTo(SINK + ".Sink"));

    private static Map<String, Set<String>> mayUse() {
        Map<String, Set<String>> mayUse = new LinkedHashMap<>();
        mayUse.put(BUCKETER, Set.of());
        mayUse.put(CONFIG, Set.of(BUCKETER)); // the grammar of keys
        mayUse.put(OFFLOAD, Set.of(BUCKETER, CONFIG));
        mayUse.put(STAGE, Set.of());
        mayUse.put(JOURNAL, Set.of(BUCKETER, STAGE));
        mayUse.put(DATADIR, Set.of(CONFIG, OFFLOAD, JOURNAL));
        mayUse.put(TLS, Set.of(CONFIG));
        mayUse.put(USERS, Set.of(CONFIG));
        mayUse.put(SOURCE, Set.of(BUCKETER, CONFIG, OFFLOAD, JOURNAL, TLS, USERS));
        mayUse.put(BATCH, Set.of(BUCKETER, OFFLOAD, STAGE, JOURNAL));
        mayUse.put(DEADLETTER, Set.of(BUCKETER, OFFLOAD, STAGE)); // a letter keeps what lay in a frame
        // Of the journal only what the ban below lets through.
        mayUse.put(SINK, Set.of(BUCKETER, CONFIG, OFFLOAD, JOURNAL, TLS, BATCH, DEADLETTER));
        mayUse.put(COMPONENT, Set.of(CONFIG, SOURCE, SINK));
        mayUse.put(HISTORY, Set.of(CONFIG));
        mayUse.put(ADMIN, Set.of(BUCKETER, CONFIG, OFFLOAD, TLS, USERS, HISTORY));
        mayUse.put(LETTER_REPLAY, Set.of(OFFLOAD, STAGE, JOURNAL, DEADLETTER, ADMIN));
        mayUse.put(
                PIPELINE,
                Set.of(
                        BUCKETER,
                        CONFIG,
                        OFFLOAD,
                        STAGE,
                        JOURNAL,
                        SOURCE,
                        BATCH,
                        DEADLETTER,
                        LETTER_REPLAY,
                        SINK,
                        COMPONENT,
                        HISTORY,
                        ADMIN));
        mayUse.put(
                SERVER,
                Set.of(
                        BUCKETER, // of which kind the key is
                        CONFIG,
                        OFFLOAD,
                        STAGE,
                        JOURNAL,
                        DATADIR,
                        TLS,
                        USERS,
                        SOURCE,
                        BATCH,
                        DEADLETTER,
                        SINK,
                        COMPONENT,
                        HISTORY,
                        ADMIN,
                        PIPELINE));
        mayUse.put(PLAN, Set.of(BUCKETER, CONFIG, OFFLOAD));
        mayUse.put(
                CLI,
                Set.of(
                        BUCKETER,
                        CONFIG,
                        OFFLOAD,
                        JOURNAL,
                        DATADIR,
                        TLS,
                        SOURCE,
                        DEADLETTER,
                        SINK,
                        COMPONENT,
                        ADMIN,
                        PIPELINE,
                        SERVER,
                        PLAN));
        mayUse.put(HARNESS, Set.of(BUCKETER, OFFLOAD));
        mayUse.put(DEMO, Set.of(BUCKETER, CONFIG, OFFLOAD, SOURCE, SERVER, CLI, HARNESS));
        mayUse.put(LOADTEST, and(mayUse.get(CLI), CLI, HARNESS));
        return mayUse;
    }

    private static Set<String> and(Set<String> packages, String... more) {
        return Stream.concat(packages.stream(), Stream.of(more)).collect(toUnmodifiableSet());
    }

    @TempDir
    Path temp;

    @Test
    void shouldLookAtOurClasses() {
        assertThat(ours.contain(Main.class)).isTrue();
        assertThat(ours.contain(LayeringTest.class)).isFalse();
        assertThat(ours.stream().map(type -> type.getPackageName())).contains(BUCKETER, CONFIG, OFFLOAD, CLI);
    }

    @ParameterizedTest
    @MethodSource("packages")
    void shouldUseOnlyWhatThePictureShows(String user) {
        picture(user).check(ours);
    }

    /** Where nothing uses what it may, the picture shows an arrow that is not there. */
    @ParameterizedTest
    @MethodSource("packages")
    void shouldUseAllThatThePictureShows(String user) {
        Set<String> used = ours.stream()
                .filter(type -> place(type).equals(user))
                .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                .map(dependency -> place(dependency.getTargetClass()))
                .filter(each -> !each.isEmpty() && !each.equals(user))
                .collect(toUnmodifiableSet());
        // What uses the server from outside is not on the class path here.
        assertThat(used).isEqualTo(user.equals(LOADTEST) ? Set.of() : MAY_USE.get(user));
    }

    /** A class that was moved into its only user, and stayed where it was, too, is used by nobody. */
    @Test
    void shouldUseEveryClass() throws IOException {
        Set<String> services = services();
        assertThat(ours.stream()
                        .filter(type -> !services.contains(type.getName()))
                        .filter(type -> !USED_FROM_OUTSIDE.contains(place(type)))
                        .filter(type -> !type.getSimpleName().equals("package-info"))
                        // Constants leave no trace where they are used.
                        .filter(type ->
                                !type.getMethods().isEmpty() || type.getFields().isEmpty())
                        .filter(type -> type.getEnclosingClass().isEmpty()
                                && !type.tryGetMethod("main", String[].class).isPresent())
                        .filter(type -> type.getDirectDependenciesToSelf().stream()
                                .allMatch(use -> isWithin(use.getOriginClass(), type)))
                        .map(JavaClass::getName))
                .isEmpty();
    }

    /** What others find by a file of its interface's name, as ServiceLoader does. */
    private static Set<String> services() throws IOException {
        Set<String> services = new HashSet<>();
        try (Stream<Path> files = Files.list(Path.of("src/main/resources/META-INF/services"))) {
            for (Path file : files.toList()) {
                services.addAll(Files.readAllLines(file));
            }
        }
        return services;
    }

    private static boolean isWithin(JavaClass type, JavaClass outermost) {
        return type.getName().equals(outermost.getName()) || type.getName().startsWith(outermost.getName() + "$");
    }

    @Test
    void shouldGiveEachClassANameOfItsOwn() throws IOException {
        Path root = Path.of(System.getProperty("decant.root"));
        try (Stream<Path> files = Files.walk(root)) {
            Map<String, List<Path>> byName = files.filter(
                            file -> file.toString().contains("/src/main/java/"))
                    .filter(file -> file.toString().endsWith(".java") && !file.endsWith("package-info.java"))
                    .collect(groupingBy(file -> file.getFileName().toString()));
            assertThat(byName).hasSizeGreaterThan(700).allSatisfy((name, found) -> assertThat(found)
                    .hasSize(1));
        }
    }

    /** The package of the picture that a class belongs to, which is the innermost; empty: none. */
    private static String place(JavaClass type) {
        String name = type.getPackageName();
        return packages()
                .filter(each -> name.equals(each) || name.startsWith(each + "."))
                .max(Comparator.comparingInt(String::length))
                .orElse("");
    }

    /**
     * One class for each pair of packages, in the first and using the second: found exactly where the picture has no
     * arrow.
     */
    @Test
    void shouldNoticeEveryForbiddenUse() {
        Counterexample every = new Counterexample();
        packages().forEach(used -> every.with(used, "Used", "public class Used {}"));
        packages().forEach(user -> packages().forEach(used -> every.with(user, probe(used), probeSource(used))));
        JavaClasses broken = every.compile(temp);
        packages().forEach(user -> {
            String report = String.join(
                    "\n", picture(user).evaluate(broken).getFailureReport().getDetails());
            packages().forEach(used -> assertThat(report.contains("<" + user + "." + probe(used) + "."))
                    .as("forbids that " + user + " uses " + used)
                    .isEqualTo(!mayUse(user, used)));
        });
    }

    private static String probe(String used) {
        return "Uses" + used.replace('.', '_');
    }

    private static String probeSource(String used) {
        return "class " + probe(used) + " { " + used + ".Used used; }";
    }

    @ParameterizedTest
    @MethodSource("bans")
    void shouldHoldForOurCode(Ban ban) {
        ban.rule.check(ours);
    }

    @ParameterizedTest
    @MethodSource("bans")
    void shouldNoticeTheViolation(Ban ban) {
        assertThat(ban.rule.evaluate(ban.violation.compile(temp)).hasViolation())
                .isTrue();
    }

    private static ArchRule picture(String user) {
        return noClasses()
                .that(describe("are in " + user, (JavaClass type) -> place(type).equals(user)))
                .should()
                .dependOnClassesThat(describe("are in a package that it may not use", (JavaClass type) -> {
                    String used = place(type);
                    return !used.isEmpty() && !mayUse(user, used);
                }))
                .because("the picture in LayeringTest has no such arrow")
                .allowEmptyShould(true);
    }

    /** A rule that the picture cannot show, and the least code that breaks it. */
    record Ban(ArchRule rule, Counterexample violation) {
        @Override
        public String toString() {
            return rule.getDescription();
        }
    }

    static Stream<Ban> bans() {
        return Stream.of(
                ban(
                        classes()
                                .that()
                                .doNotHaveSimpleName("package-info")
                                .should()
                                .resideInAnyPackage(
                                        packages().map(LayeringTest::within).toArray(String[]::new))
                                .because("a new package needs a place in the picture"),
                        "io.decant.ingest.util",
                        "Attic",
                        "class Attic {}"),
                new Ban(
                        slices().matching("io.decant.(**)").should().beFreeOfCycles(),
                        new Counterexample()
                                .with(JOURNAL, "Hen", "public class Hen { io.decant.ingest.journal.nest.Egg lays; }")
                                .with(
                                        JOURNAL + ".nest",
                                        "Egg",
                                        "public class Egg { io.decant.ingest.journal.Hen of; }")),
                new Ban(
                        noClasses()
                                .that()
                                .resideInAPackage(within(SINK))
                                .should()
                                .dependOnClassesThat(
                                        resideInAPackage(within(JOURNAL)).and(not(nameMatching(SHAPE_OF_A_BATCH))))
                                .because("a sink sees how its batch is shaped, and nothing else of the journal")
                                .allowEmptyShould(true),
                        new Counterexample()
                                .with(JOURNAL, "Writer", "public class Writer {}")
                                .with(SINK, "Nosy", "class Nosy { io.decant.ingest.journal.Writer writer; }")),
                new Ban(
                        noClasses()
                                .that()
                                .resideInAnyPackage(within(SOURCE), within(SINK))
                                .should(useATypeOutsideItsPackage())
                                .because("what types of sources or sinks share is in the package above them")
                                .allowEmptyShould(true),
                        new Counterexample()
                                .with(SINK + ".hdfs", "Files", "public class Files {}")
                                .with(SINK + ".http", "Nosy", "class Nosy { io.decant.ingest.sink.hdfs.Files its; }")),
                new Ban(
                        noClasses()
                                .should(askForAClass(COMPONENTS))
                                .because("what is special about a type of source or sink is a method of its own"),
                        new Counterexample()
                                .with(CONFIG, "ComponentSettings", "public interface ComponentSettings {}")
                                .with(CONFIG, "FaxSettings", "public class FaxSettings implements ComponentSettings {}")
                                .with(
                                        CONFIG,
                                        "Inquisitive",
                                        "class Inquisitive { boolean ask(Object o) { return o instanceof FaxSettings; } }")),
                new Ban(
                        noClasses()
                                .that()
                                .resideOutsideOfPackages(within(CONFIG), within(SOURCE), within(SINK), COMPONENT)
                                .should()
                                .dependOnClassesThat(COMPONENTS.and(not(INTERFACES)))
                                .because(
                                        "a type of source or sink is known to its own package and to the list of types"),
                        new Counterexample()
                                .with(CONFIG, "ComponentSettings", "public interface ComponentSettings {}")
                                .with(CONFIG, "FaxSettings", "public class FaxSettings implements ComponentSettings {}")
                                .with(PIPELINE, "Partial", "class Partial { io.decant.config.FaxSettings fax; }")),
                ban(
                        noClasses()
                                .that()
                                .doNotHaveFullyQualifiedName(BUCKETER + ".Memory")
                                .should()
                                .dependOnClassesThat()
                                .haveFullyQualifiedName("sun.misc.Unsafe")
                                .because("memory off the heap is reached through Memory alone"),
                        JOURNAL,
                        "Raw",
                        "class Raw { sun.misc.Unsafe unsafe; }"),
                ban(
                        noClasses()
                                .should()
                                .dependOnClassesThat()
                                .resideInAPackage("java.util.logging..")
                                .because("logs go through SLF4J"),
                        SINK,
                        "Chatty",
                        "class Chatty { Object log = java.util.logging.Logger.getLogger(\"sink\"); }"),
                ban(
                        noClasses()
                                .that()
                                .resideOutsideOfPackages(within(CLI), within(DEMO))
                                .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS)
                                .because("only commands speak to the person at the terminal"),
                        PIPELINE,
                        "Loud",
                        "class Loud { void say() { System.out.println(); } }"),
                ban(
                        noClasses()
                                .should()
                                .callMethodWhere(target(name("sleep"))
                                        .and(target(owner(assignableTo(Thread.class)))
                                                .or(target(owner(assignableTo(TimeUnit.class))))))
                                .because("time is handed in, and whoever waits waits for something"),
                        BATCH,
                        "Lazy",
                        "class Lazy { void nap() throws InterruptedException { Thread.sleep(1); } }"),
                ban(
                        noClasses()
                                .that()
                                .doNotHaveFullyQualifiedName(CLI + ".Main")
                                .should()
                                .callMethodWhere(target(owner(assignableTo(System.class)))
                                        .or(target(owner(assignableTo(Runtime.class))))
                                        .and(target(name("exit")).or(target(name("halt")))))
                                .because("one place ends the process"),
                        CLI,
                        "Rash",
                        "class Rash { void leave() { System.exit(1); } }"));
    }

    /** {@code instanceof}, patterns included. Where a class is named otherwise, another rule forbids that. */
    private static ArchCondition<JavaClass> askForAClass(DescribedPredicate<JavaClass> types) {
        return new ArchCondition<>("ask by instanceof for a class of a component") {
            @Override
            public void check(JavaClass user, ConditionEvents events) {
                user.getInstanceofChecks().stream()
                        .filter(asked -> types.test(asked.getRawType()))
                        .forEach(asked -> events.add(SimpleConditionEvent.satisfied(
                                asked,
                                user.getName() + " asks for "
                                        + asked.getRawType().getName() + " in " + asked.getSourceCodeLocation())));
            }
        };
    }

    private static ArchCondition<JavaClass> useATypeOutsideItsPackage() {
        return new ArchCondition<>("use the package of a type of source or sink that is not their own") {
            @Override
            public void check(JavaClass user, ConditionEvents events) {
                user.getDirectDependenciesFromSelf().stream()
                        .filter(use -> use.getTargetClass().getPackageName().matches(PACKAGE_OF_A_TYPE))
                        .filter(use -> !use.getTargetClass().getPackageName().equals(user.getPackageName()))
                        .forEach(use -> events.add(SimpleConditionEvent.satisfied(use, use.getDescription())));
            }
        };
    }

    private static Ban ban(ArchRule rule, String violatedIn, String type, String source) {
        return new Ban(rule, new Counterexample().with(violatedIn, type, source));
    }

    private static boolean mayUse(String user, String used) {
        return used.equals(user) || MAY_USE.get(user).contains(used);
    }

    static Stream<String> packages() {
        return MAY_USE.keySet().stream();
    }

    private static String within(String name) {
        return name + "..";
    }
}
