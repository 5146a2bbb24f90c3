package io.decant.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads settings: YAML 1.2, core schema. Values may refer to the environment, {@code ${VAR}} or {@code ${VAR:-default}}
 * (the default holds where VAR is unset or empty), and to files, {@code ${file:PATH}}, with {@code $${VAR}} for a plain
 * {@code ${VAR}}; options given as {@code key=value} go over the file, and may refer to these, too. An empty or null
 * value is as if the key were not there.
 */
public final class SettingsLoader {
    private static final int FILE_BYTES_MAX = YamlReader.TEXT_CHARS_MAX;
    private static final Set<String> SECTION_KEYS = Set.of(
            Settings.SOURCES.key(),
            Settings.JOURNAL,
            Settings.BATCH,
            Settings.BUCKET,
            Settings.OFFLOAD,
            Settings.DLQ,
            Settings.SINKS.key(),
            Settings.ADMIN);

    private SettingsLoader() {}

    /**
     * Settings from a file; its relative paths are relative to its folder.
     *
     * @param sets {@code key=value} each, over what the file says, the last one of a key winning
     * @param environment what {@code ${VAR}} refers to
     * @throws SettingsException with every problem found, that of a file that cannot be read included
     */
    public static Settings load(Path file, List<String> sets, Map<String, String> environment) {
        String name = file.toString();
        return parse(read(file, name), name, file.toAbsolutePath().getParent(), sets, environment);
    }

    /**
     * Settings from a text.
     *
     * @param nameForErrors stands where a file's name would
     * @param baseDir what relative paths are relative to
     * @param sets {@code key=value} each, over what the text says, the last one of a key winning
     * @param environment what {@code ${VAR}} refers to
     * @throws SettingsException with every problem found
     */
    public static Settings parse(
            String yaml, String nameForErrors, Path baseDir, List<String> sets, Map<String, String> environment) {
        Problems problems = new Problems();
        Optional<Raw> document = new YamlReader(line -> Location.line(nameForErrors, line), problems).read(yaml);
        problems.throwIfAny();
        Input input = new Input(new Environment(environment, baseDir.toAbsolutePath()), problems);
        Raw.Mapping root = input.section(document.orElseThrow(), "")
                .map(SettingsLoader::mutable)
                .orElse(null);
        problems.throwIfAny();
        for (int i = 0; i < sets.size(); i++) {
            SetOption.apply(root, sets.get(i), i, problems);
        }
        Optional<Settings> settings = read(root, baseDir, input);
        problems.throwIfAny();
        return settings.orElseThrow();
    }

    private static Raw.Mapping mutable(Raw.Mapping root) {
        return new Raw.Mapping(root.location(), new LinkedHashMap<>(root.fields()));
    }

    /** Reads every section before it looks at the outcome of any: one run tells all that is wrong. */
    private static Optional<Settings> read(Raw.Mapping root, Path baseDir, Input input) {
        Optional<General> general = General.SECTION.read(root, "", SECTION_KEYS, input);
        Optional<Map<String, SourceSettings>> sources = Settings.SOURCES.read(root, input);
        Optional<Map<String, SourceTransforms>> transforms = SourceTransforms.readAll(root, input);
        Optional<JournalSettings> journal = read(JournalSettings.SECTION, root, Settings.JOURNAL, input);
        Optional<BatchSettings> batch = read(BatchSettings.SECTION, root, Settings.BATCH, input);
        Optional<BucketSettings> bucket = read(BucketSettings.SECTION, root, Settings.BUCKET, input);
        Optional<OffloadSettings> offload = read(OffloadSettings.SECTION, root, Settings.OFFLOAD, input);
        Optional<DeadLetterSettings> dlq = read(DeadLetterSettings.SECTION, root, Settings.DLQ, input);
        Optional<Map<String, SinkSettings>> sinks = Settings.SINKS.read(root, input);
        Optional<AdminSettings> admin = read(AdminSettings.SECTION, root, Settings.ADMIN, input);
        boolean consistent = sources.isPresent()
                && journal.isPresent()
                && dlq.isPresent()
                && admin.isPresent()
                && consistent(
                        sources.get(), journal.get(), dlq.get(), sinks.orElse(Map.of()), admin.get(), root, input);
        if (!consistent
                || transforms.isEmpty()
                || general.isEmpty()
                || batch.isEmpty()
                || bucket.isEmpty()
                || offload.isEmpty()
                || sinks.isEmpty()) {
            return Optional.empty();
        }
        Path folder = baseDir.toAbsolutePath();
        boolean usesSpark =
                offload.get().isOn() || sinks.get().values().stream().anyMatch(SinkSettings::usesOffload);
        requireOffload(sinks.get(), root, input);
        if (isOfDevices(folder)) {
            refuseRelative(General.DATA_DIR.key(), general.get().dataDir().toString(), root, input);
            if (usesSpark && !offload.get().hasAbsoluteStaging()) {
                refuseRelative(Settings.OFFLOAD + ".staging", offload.get().staging(), root, input);
            }
        }
        Path dataDir = folder.resolve(general.get().dataDir()).normalize();
        Map<String, SinkSettings> located = new LinkedHashMap<>();
        sinks.get().forEach((name, sink) -> located.put(name, sink.relativeTo(folder)));
        Map<String, SourceSettings> locatedSources = new LinkedHashMap<>();
        sources.get().forEach((name, source) -> locatedSources.put(name, source.relativeTo(folder)));
        OffloadSettings offloadLocated = offload.get().relativeTo(folder);
        report(bucket.get().conflicts(Settings.BUCKET, located), root, input);
        if (usesSpark) {
            report(offloadLocated.conflicts(Settings.OFFLOAD, dataDir), root, input);
        }
        report(DataDirPlaces.conflicts(dataDir, located, offloadLocated, usesSpark), root, input);
        located.forEach((name, sink) -> {
            String path = Input.join(Settings.SINKS.key(), name);
            report(sink.fileConflicts(path), root, input);
            report(sink.offloadConflicts(path, offloadLocated), root, input);
        });
        locatedSources.forEach(
                (name, source) -> report(source.fileConflicts(Input.join(Settings.SOURCES.key(), name)), root, input));
        AdminSettings adminLocated = admin.get().relativeTo(folder);
        report(adminLocated.fileConflicts(Settings.ADMIN), root, input);
        return Optional.of(new Settings(
                general.get().name(),
                dataDir,
                general.get().shutdownTimeout(),
                locatedSources,
                journal.get(),
                batch.get(),
                bucket.get(),
                offloadLocated,
                dlq.get(),
                located,
                adminLocated,
                transforms.get()));
    }

    /** Where Spark runs must be said by somebody: a driver takes memory, and a cluster belongs to others. */
    private static void requireOffload(Map<String, SinkSettings> sinks, Raw.Mapping root, Input input) {
        if (root.fields().containsKey(Settings.OFFLOAD)) {
            return;
        }
        sinks.forEach((name, sink) -> {
            if (sink.usesOffload()) {
                String key = Input.join(Input.join(Settings.SINKS.key(), name), NamedSections.TYPE);
                input.problems()
                        .add(
                                find(root, key).orElseThrow().location(),
                                key,
                                sink.type(),
                                "needs the section offload, which says where Spark runs",
                                "add e.g. offload: {master: \"local[2]\"}");
            }
        });
    }

    /**
     * Whether what is read from there is a pipe or the like, as with {@code -c /dev/stdin} or {@code -c <(...)}: no
     * place for data.
     */
    private static boolean isOfDevices(Path folder) {
        return (folder.startsWith("/dev") && !folder.startsWith("/dev/shm")) || folder.startsWith("/proc");
    }

    private static void refuseRelative(String key, String value, Raw.Mapping root, Input input) {
        if (!Path.of(value).isAbsolute()) {
            input.problems()
                    .add(
                            find(root, key).map(Raw::location).orElse(root.location()),
                            key,
                            value,
                            "is relative to the file, but these settings do not come from a file in a folder",
                            "write an absolute path");
        }
    }

    private static <R> Optional<R> read(Section<R> section, Raw.Mapping root, String key, Input input) {
        return input.section(root, "", key).flatMap(mapping -> section.read(mapping, key, input));
    }

    private static boolean consistent(
            Map<String, SourceSettings> sources,
            JournalSettings journal,
            DeadLetterSettings dlq,
            Map<String, SinkSettings> sinks,
            AdminSettings admin,
            Raw.Mapping root,
            Input input) {
        List<Conflict> conflicts = Consistency.conflicts(sources, journal, dlq, sinks, admin);
        report(conflicts, root, input);
        return conflicts.isEmpty();
    }

    private static void report(List<Conflict> conflicts, Raw.Mapping root, Input input) {
        Problems problems = input.problems();
        for (Conflict conflict : conflicts) {
            // Of the keys at fault the first that was written is shown: that of a default has no line. A key that is
            // missing has that of its section.
            Map<String, String> values = conflict.values();
            String key = values.keySet().stream()
                    .filter(candidate -> find(root, candidate).isPresent())
                    .findFirst()
                    .orElseGet(() -> values.keySet().iterator().next());
            Location location = find(root, key)
                    .or(() -> find(root, key.substring(0, key.lastIndexOf('.'))))
                    .orElseThrow()
                    .location();
            Map<String, String> hidden = hidden(root, values);
            problems.add(
                    location,
                    key,
                    hide(hidden, values.get(key)),
                    hide(hidden, conflict.text()),
                    hide(hidden, conflict.wayOut()));
        }
    }

    /**
     * What must not show of a conflict, and what is shown in its place: the text that refers to the variable.
     *
     * @param values of the conflict, as it shows them
     */
    private static Map<String, String> hidden(Raw.Mapping root, Map<String, String> values) {
        Map<String, String> hidden = new LinkedHashMap<>();
        values.forEach((key, value) -> {
            Raw raw = find(root, key).orElse(null);
            boolean showsSomething = !value.isEmpty() && !value.equals(Secret.HIDDEN);
            if (showsSomething && raw instanceof Raw.Scalar scalar && Environment.refersToVariable(scalar.text())) {
                hidden.put(value, scalar.text());
            }
        });
        return hidden;
    }

    private static String hide(Map<String, String> hidden, String text) {
        String shown = text;
        for (Map.Entry<String, String> value : hidden.entrySet()) {
            // Whole words only: 8MiB is no part of 88MiB.
            Pattern word = Pattern.compile("(?<![\\w.])" + Pattern.quote(value.getKey()) + "(?![\\w.])");
            shown = word.matcher(shown).replaceAll(Matcher.quoteReplacement(value.getValue()));
        }
        return shown;
    }

    private static Optional<Raw> find(Raw.Mapping root, String key) {
        Raw found = root;
        for (String part : key.split("\\.", -1)) {
            found = found instanceof Raw.Mapping mapping ? mapping.fields().get(part) : null;
        }
        return Optional.ofNullable(found);
    }

    private static String read(Path file, String name) {
        String text;
        String wayOut = "";
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(FILE_BYTES_MAX + 1);
            if (bytes.length <= FILE_BYTES_MAX) {
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes))
                        .toString();
            }
            text = "is larger than settings can be";
            wayOut = "the most is " + new DataSize(FILE_BYTES_MAX);
        } catch (CharacterCodingException e) {
            text = "is not UTF-8";
            wayOut = "save it as UTF-8";
        } catch (NoSuchFileException e) {
            text = "no such file";
            wayOut = "name the settings with -c FILE";
        } catch (AccessDeniedException e) {
            text = "no permission to read it";
        } catch (IOException e) {
            text = "cannot be read: " + e.getMessage();
        }
        Problems problems = new Problems();
        problems.add(Location.file(name), "", "", text, wayOut);
        problems.throwIfAny();
        throw new AssertionError("a problem was added");
    }
}
