package io.decant.packages;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The licences of the jars that a package holds, by its bill of materials. What has none, or one that nobody has looked
 * at, fails the build, and so does a jar that the bill does not name.
 */
final class Licences {
    /**
     * Those that allow what the packages do, by the identifiers of SPDX. Where a library leaves the choice, the first
     * of these is taken. The text of each is beside NOTICE.
     */
    private static final List<String> ACCEPTED =
            List.of("Apache-2.0", "MIT", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "EPL-2.0", "LGPL-2.1", "CDDL-1.0");

    /** Choices that are never taken, but known. */
    private static final Set<String> LEFT = Set.of("EPL-1.0", "GPL-2.0-with-classpath-exception");

    /** Names in POMs that are no identifiers. */
    private static final Map<String, String> NAMES = Map.of(
            "Go License", "BSD-3-Clause",
            "GNU Lesser General Public License", "LGPL-2.1",
            "LGPL-2.1-or-later", "LGPL-2.1");

    /** What the bill has wrong, by group and name. */
    private static final Map<String, String> CORRECTED = Map.of(
            // Its POM has no licence and its parent is a shaded build of Apache's.
            "org.apache.xbean:xbean-asm9-shaded", "Apache-2.0",
            // Its POM says BSD, which the bill takes for the oldest one; the licence file of its sources has three
            // clauses.
            "com.thoughtworks.paranamer:paranamer", "BSD-3-Clause");

    private static final Pattern TEXT =
            Pattern.compile("(META-INF/)?(LICEN[CS]E|NOTICE|COPYING|COPYRIGHT)[^/]*", Pattern.CASE_INSENSITIVE);

    /** One library. */
    private record Component(String group, String name, String version, String classifier, String licence) {

        String jar() {
            return name + "-" + version + (classifier.isEmpty() ? "" : "-" + classifier) + ".jar";
        }
    }

    private final SortedMap<String, Component> byJar = new TreeMap<>();
    private final Path texts;
    private final Path own;

    /**
     * Reads a bill.
     *
     * @param bill CycloneDX in JSON
     * @param texts a file for each licence but Apache's, {@code MIT.txt}
     * @param own Decant's licence, which is Apache's
     */
    Licences(Path bill, Path texts, Path own) throws IOException {
        this.texts = texts;
        this.own = own;
        List<String> problems = new ArrayList<>();
        for (JsonNode component : new ObjectMapper().readTree(bill.toFile()).path("components")) {
            read(component, problems);
        }
        if (!problems.isEmpty()) {
            throw new IllegalStateException(
                    "licences that nobody has looked at; see Licences.java: " + String.join("; ", problems));
        }
    }

    private void read(JsonNode json, List<String> problems) {
        String group = json.path("group").asText();
        String name = json.path("name").asText();
        List<String> found = new ArrayList<>();
        for (JsonNode licence : json.path("licenses")) {
            String id = licence.path("license").path("id").asText("");
            String text = id.isEmpty() ? licence.path("license").path("name").asText("") : id;
            String word = text.isEmpty() ? licence.path("expression").asText() : text;
            found.add(NAMES.getOrDefault(word, word));
        }
        String corrected = CORRECTED.get(group + ":" + name);
        List<String> all = corrected == null ? found : List.of(corrected);
        String taken = ACCEPTED.stream().filter(all::contains).findFirst().orElse("");
        all.stream()
                .filter(one -> !ACCEPTED.contains(one) && !LEFT.contains(one))
                .forEach(one -> problems.add(group + ":" + name + ": " + one));
        if (taken.isEmpty()) {
            problems.add(group + ":" + name + ": " + (all.isEmpty() ? "no licence" : "none that is accepted"));
        }
        String purl = json.path("purl").asText();
        int at = purl.indexOf("classifier=");
        String classifier =
                at < 0 ? "" : purl.substring(at + "classifier=".length()).split("&", 2)[0];
        Component component = new Component(group, name, json.path("version").asText(), classifier, taken);
        byJar.put(component.jar(), component);
    }

    /**
     * Puts NOTICE and the texts of all licences below a folder of a package.
     *
     * @param jars those that the package holds; each but Decant's must be in the bill
     * @param more what NOTICE says at its end
     */
    void put(FileTree files, String folder, List<Path> jars, String more) throws IOException {
        StringBuilder notice = new StringBuilder("""
                Decant
                Copyright the Decant authors, licensed under the Apache License, Version 2.0.

                It comes with the libraries below. The text of each licence is in licenses/, and what a library says itself of its
                licence and its authors is in licenses/ under the library's name. Where a library leaves the choice of a licence, the
                one that is named here was taken.

                """);
        Set<String> licences = new TreeSet<>(Set.of("Apache-2.0"));
        for (Path jar : jars) {
            String name = jar.getFileName().toString();
            if (name.startsWith("decant-")) {
                continue;
            }
            Component component = byJar.get(name);
            if (component == null) {
                throw new IllegalStateException(jar + " is not in the bill of materials");
            }
            licences.add(component.licence());
            notice.append(String.format(
                    Locale.ROOT,
                    "%s:%s %s%s: %s%n",
                    component.group(),
                    component.name(),
                    component.version(),
                    component.classifier().isEmpty() ? "" : " (" + component.classifier() + ")",
                    component.licence()));
            texts(files, folder + "/licenses/" + component.name(), jar);
        }
        for (String licence : licences) {
            Path text = licence.equals("Apache-2.0") ? own : texts.resolve(licence + ".txt");
            files.file(folder + "/licenses/" + licence + ".txt", text, FileTree.FILE);
        }
        files.text(folder + "/NOTICE", notice + more);
    }

    /** What a jar says itself; the usual text of Apache's licence is not repeated. */
    private static void texts(FileTree files, String folder, Path jar) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            for (Enumeration<? extends ZipEntry> all = zip.entries(); all.hasMoreElements(); ) {
                ZipEntry entry = all.nextElement();
                if (!TEXT.matcher(entry.getName()).matches()
                        || entry.isDirectory()
                        || entry.getName().endsWith(".class")) {
                    continue;
                }
                byte[] bytes = zip.getInputStream(entry).readAllBytes();
                String path = folder + "/" + entry.getName().replaceFirst("^META-INF/", "");
                if (!isApache(new String(bytes, StandardCharsets.UTF_8))
                        && !files.items().containsKey(path)) {
                    files.bytes(path, bytes, FileTree.FILE);
                }
            }
        }
    }

    /** Whether it is that text and no more. */
    private static boolean isApache(String text) {
        return text.length() < 12_000
                && text.contains("Apache License")
                && text.contains("TERMS AND CONDITIONS FOR USE");
    }

    /** The jars of a folder, in the order of their names, those below it left out. */
    static List<Path> jars(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList();
        }
    }
}
