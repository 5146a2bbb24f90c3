package io.decant.bucketer.transform;

import com.google.re2j.Pattern;
import io.decant.bucketer.Memory;
import io.decant.bucketer.TransformFailure.Reason;
import io.decant.bucketer.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * {@code extract: regex:EXPR}: the named groups of an expression's first match as a JSON object of strings, in their
 * order. A group that took no part in the match leaves its member out. A record that does not match fails, and so does
 * one with a group that is not UTF-8. A CR at the end of the record belongs to the line end.
 */
final class ExtractStep extends Step {

    static final String NAME = "extract";

    private static final String PREFIX = "regex:";

    private final String expression;
    private final int[] groups;
    private final byte[][] names;

    ExtractStep(String argument) {
        super(StepText.of(NAME, argument));
        if (!argument.startsWith(PREFIX)) {
            throw new StepException("extract: '" + argument + "' is not an expression; write regex:EXPR");
        }
        this.expression = argument.substring(PREFIX.length());
        StepKinds.requireExpression(expression);
        List<Map.Entry<String, Integer>> named = Pattern.compile(expression).namedGroups().entrySet().stream()
                .sorted(Comparator.comparing(Map.Entry::getValue))
                .toList();
        if (named.isEmpty()) {
            throw new StepException("extract: the expression has no named group; write (?P<name>...)");
        }
        this.groups = named.stream().mapToInt(Map.Entry::getValue).toArray();
        this.names = named.stream()
                .map(group -> (StepText.quoted(group.getKey()) + ":").getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
    }

    @Override
    StepStage newStage(Workspace workspace) {
        return new Extract(workspace, new Expression(expression), groups, names);
    }

    private static final class Extract extends StepStage {
        private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
        private static final byte[] UNICODE = "\\u00".getBytes(StandardCharsets.US_ASCII);

        private final Expression expression;
        private final int[] groups;
        private final byte[][] names;

        Extract(Workspace workspace, Expression expression, int[] groups, byte[][] names) {
            super(workspace);
            this.expression = expression;
            this.groups = groups;
            this.names = names;
        }

        @Override
        void apply(long address, int length) {
            expression.begin(address, StepKinds.lengthWithoutCr(address, length));
            if (!expression.next()) {
                throw fail(Reason.NO_MATCH);
            }
            expression.findGroups();
            BuildMemory build = build();
            build.put('{');
            boolean first = true;
            for (int i = 0; i < groups.length; i++) {
                if (expression.hasGroup(groups[i])) {
                    if (!first) {
                        build.put(',');
                    }
                    first = false;
                    build.put(names[i]);
                    putString(build, expression.start(groups[i]), expression.end(groups[i]));
                }
            }
            build.put('}');
            emitBuilt();
        }

        private void putString(BuildMemory build, long from, long to) {
            build.put('"');
            for (long at = from; at < to; ) {
                int c = Memory.getByte(at) & 0xFF;
                if (c > 0x7F) {
                    int bytes = Utf8.characterBytes(at, to);
                    if (bytes == 0) {
                        throw fail(Reason.NOT_UTF8);
                    }
                    build.copy(at, bytes);
                    at += bytes;
                    continue;
                }
                if (c == '"' || c == '\\') {
                    build.put('\\');
                    build.put(c);
                } else if (c < ' ') {
                    build.put(UNICODE);
                    build.put(DIGITS[c >> 4]);
                    build.put(DIGITS[c & 0xF]);
                } else {
                    build.put(c);
                }
                at++;
            }
            build.put('"');
        }
    }
}
