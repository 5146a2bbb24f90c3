package io.decant.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.CollectionNode;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * Reads YAML 1.2, core schema, to {@link Raw} values with their places. Nothing is made of the text but nodes, and
 * their nesting and number are bounded, aliases counted as often as they are used: no text makes it run long or deep.
 * No message of it quotes the text, which may hold secrets.
 */
final class YamlReader {
    /** Many times what settings need. */
    static final int TEXT_CHARS_MAX = 1 << 20;

    /** {@code sinks.api.headers.Authorization} is as deep as keys go. */
    static final int KEY_PARTS_MAX = 4;

    private static final int NESTING_MAX = 32;
    private static final int VALUES_MAX = 20_000;
    /** Those of the core schema, and what the library takes a plain {@code ${VAR}} for. */
    private static final Set<Tag> KNOWN_TAGS =
            Set.of(Tag.STR, Tag.INT, Tag.FLOAT, Tag.BOOL, Tag.NULL, Tag.MAP, Tag.SEQ, Tag.ENV_TAG);

    private final IntFunction<Location> locations;
    private final Problems problems;
    private int values;
    private boolean tangled;

    /**
     * @param locations the place of a line, counted from 1
     * @param problems takes what is wrong
     */
    YamlReader(IntFunction<Location> locations, Problems problems) {
        this.locations = locations;
        this.problems = problems;
    }

    /**
     * The one document of the text, an empty one as an absent value; nothing, and a problem, where the text cannot be
     * read.
     */
    Optional<Raw> read(String text) {
        return compose(text, "").map(node -> convert(node, locations.apply(1), List.of()));
    }

    /** The same for the value of a key: a scalar, or a list or a section on one line, {@code {a: 1}}. */
    Optional<Raw> readInline(String text, List<String> path) {
        Optional<Node> root = compose(text, "put a value with special characters into quotes");
        if (root.isPresent()
                && root.get() instanceof CollectionNode<?> node
                && node.getFlowStyle() == FlowStyle.BLOCK) {
            problems.add(
                    locations.apply(1), "", "", "has a value that YAML reads as a block", "put it in quotes, or in {}");
            return Optional.empty();
        }
        return root.map(node -> convert(node, locations.apply(1), path));
    }

    private Optional<Node> compose(String text, String wayOut) {
        if (text.length() > TEXT_CHARS_MAX) {
            problems.add(locations.apply(1), "", "", "is larger than settings can be", "the most is 1 Mi characters");
            return Optional.empty();
        }
        LoadSettings settings = LoadSettings.builder()
                .setSchema(new CoreSchema())
                .setCodePointLimit(TEXT_CHARS_MAX)
                .setAllowDuplicateKeys(true) // they are found below, with their lines
                .build();
        try {
            // The composer calls itself for each level, the parser does not.
            if (nestsTooDeep(settings, text)) {
                return Optional.empty();
            }
            return Optional.of(new Compose(settings)
                    .composeString(text)
                    .orElseGet(() -> new ScalarNode(Tag.NULL, "", ScalarStyle.PLAIN)));
        } catch (YamlEngineException e) {
            problems.add(locations.apply(lineOf(e)), "", "", "is not YAML: " + reasonOf(e), wayOut);
            return Optional.empty();
        }
    }

    private boolean nestsTooDeep(LoadSettings settings, String text) {
        int depth = 0;
        for (Event event : new Parse(settings).parseString(text)) {
            switch (event.getEventId()) {
                case MappingStart, SequenceStart -> depth++;
                case MappingEnd, SequenceEnd -> depth--;
                default -> {}
            }
            if (depth > NESTING_MAX) {
                int line = event.getStartMark().map(YamlReader::line).orElse(1);
                problems.add(locations.apply(line), "", "", "nests deeper than " + NESTING_MAX + " levels", "");
                return true;
            }
        }
        return false;
    }

    private Raw convert(Node node, Location location, List<String> path) {
        // Only aliases lead deeper here than the parser went: those that hold themselves.
        if (path.size() > NESTING_MAX + KEY_PARTS_MAX || ++values > VALUES_MAX) {
            if (!tangled) {
                problems.add(location, shown(path), "", "holds too many values, aliases unfolded", "write them out");
            }
            tangled = true;
            values = VALUES_MAX;
            return new Raw.Sequence(location, List.of());
        }
        if (!KNOWN_TAGS.contains(node.getTag())) {
            problems.add(location, shown(path), "", "has a tag that Decant does not know", "remove the !tag");
        }
        if (node instanceof MappingNode mapping) {
            return convertMapping(mapping, location, path);
        }
        if (node instanceof ScalarNode scalar) {
            return new Raw.Scalar(location, scalar.getValue(), scalar.getTag().equals(Tag.NULL));
        }
        SequenceNode sequence = (SequenceNode) node;
        List<String> itemPath = Stream.concat(path.stream(), Stream.of("")).toList();
        return new Raw.Sequence(
                location,
                sequence.getValue().stream()
                        .map(item -> convert(item, location, itemPath))
                        .toList());
    }

    private Raw.Mapping convertMapping(MappingNode mapping, Location location, List<String> path) {
        Map<String, Raw> fields = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            Location place = locations.apply(
                    tuple.getKeyNode().getStartMark().map(YamlReader::line).orElse(1));
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                problems.add(
                        place,
                        shown(path),
                        "",
                        "a list or a section where a key is expected",
                        "put a text into quotes");
                continue;
            }
            List<String> keyPath =
                    Stream.concat(path.stream(), Stream.of(key.getValue())).toList();
            Raw first = fields.putIfAbsent(key.getValue(), convert(tuple.getValueNode(), place, keyPath));
            if (first != null) {
                String wayOut =
                        "remove one; the first is at " + first.location().text();
                problems.add(place, shown(keyPath), "", "is set twice", wayOut);
            }
        }
        return new Raw.Mapping(location, fields);
    }

    /** The dotted key. Further parts than a key can have are within a value, perhaps a secret one. */
    private static String shown(List<String> path) {
        return String.join(".", path.subList(0, Math.min(path.size(), KEY_PARTS_MAX)));
    }

    private static int lineOf(YamlEngineException e) {
        return e instanceof MarkedYamlEngineException marked
                ? marked.getProblemMark()
                        .or(marked::getContextMark)
                        .map(YamlReader::line)
                        .orElse(1)
                : 1;
    }

    /** The library's own words where they do not quote the text: names of aliases and tags are cut off. */
    private static String reasonOf(YamlEngineException e) {
        if (e instanceof ReaderException) {
            return "it has characters that YAML does not allow";
        }
        if (e instanceof MarkedYamlEngineException marked && marked.getProblem() != null) {
            return marked.getProblem().replaceAll("(?s)\\b(alias|anchor|tag|handle|directive|version)\\b.*", "$1");
        }
        return "it is larger, or nested more deeply, than settings can be";
    }

    private static int line(Mark mark) {
        return mark.getLine() + 1;
    }
}
