package io.decant.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
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
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * Reads YAML 1.2, core schema, to {@link Raw} values with their places. Nothing is made of the text but nodes, and their nesting and
 * number are bounded, aliases counted as often as they are used: no text makes it run long or deep. No message of it quotes the text,
 * which may hold secrets.
 */
final class YamlReader {
    /** Many times what settings need. */
    static final int TEXT_CHARS_MAX = 1 << 20;

    private static final int NESTING_MAX = 32;
    private static final int VALUES_MAX = 20_000;
    private static final Set<Tag> KNOWN_TAGS =
            Set.of(Tag.STR, Tag.INT, Tag.FLOAT, Tag.BOOL, Tag.NULL, Tag.MAP, Tag.SEQ);

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

    /** The one document of the text, an empty one as an absent value; nothing, and a problem, where the text cannot be read. */
    Optional<Raw> read(String text) {
        return compose(text).map(node -> convert(node, locations.apply(1), 0));
    }

    /** The same for a value beside a key: a scalar, a list or a section on one line, {@code {a: 1}}. */
    Optional<Raw> readInline(String text) {
        Optional<Node> root = compose(text);
        if (root.isPresent()
                && root.get() instanceof CollectionNode<?> node
                && node.getFlowStyle() == FlowStyle.BLOCK) {
            problems.add(
                    locations.apply(1), "", "", "has a value that YAML reads as a block", "put it in quotes, or in {}");
            return Optional.empty();
        }
        return root.map(node -> convert(node, locations.apply(1), 0));
    }

    private Optional<Node> compose(String text) {
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
            problems.add(locations.apply(lineOf(e)), "", "", "is not YAML: " + reasonOf(e), "");
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

    private Raw convert(Node node, Location location, int depth) {
        // Only aliases lead deeper here than the parser went: those that hold themselves.
        if (depth > NESTING_MAX || ++values > VALUES_MAX) {
            if (!tangled) {
                problems.add(location, "", "", "holds too many values, aliases unfolded", "write them out");
            }
            tangled = true;
            values = VALUES_MAX;
            return new Raw.Sequence(location);
        }
        if (!KNOWN_TAGS.contains(node.getTag())) {
            problems.add(location, "", "", "has a tag that Decant does not know", "remove the !tag");
        }
        if (node instanceof MappingNode mapping) {
            return convertMapping(mapping, location, depth);
        }
        if (node instanceof ScalarNode scalar) {
            return new Raw.Scalar(location, scalar.getValue(), scalar.getTag().equals(Tag.NULL));
        }
        return new Raw.Sequence(location);
    }

    private Raw.Mapping convertMapping(MappingNode mapping, Location location, int depth) {
        Map<String, Raw> fields = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            Location place = locations.apply(
                    tuple.getKeyNode().getStartMark().map(YamlReader::line).orElse(1));
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                problems.add(place, "", "", "a list or a section where a key is expected", "put a text into quotes");
                continue;
            }
            Raw value = convert(tuple.getValueNode(), place, depth + 1);
            Raw first = fields.putIfAbsent(key.getValue(), value);
            if (first != null) {
                problems.add(
                        place,
                        key.getValue(),
                        "",
                        "is set twice",
                        "remove one; the first is at " + first.location().text());
            }
        }
        return new Raw.Mapping(location, fields);
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
        return "it is more, or more tangled, than settings can be";
    }

    private static int line(Mark mark) {
        return mark.getLine() + 1;
    }
}
