package io.decant.bucketer.transform;

import com.google.re2j.Pattern;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code replace: {regex: EXPR, with: TEXT}}: every match of an expression replaced by a text. In the text {@code $1}
 * and {@code ${name}} stand for groups of the match, {@code $0} for all of it, {@code $$} for a dollar; a group that
 * took no part in the match is empty. A value without a match goes on as it is.
 */
final class ReplaceStep extends Step {

    static final String NAME = "replace";
    static final String REGEX = "regex";
    static final String WITH = "with";

    private final String expression;
    private final List<Part> parts;
    private final boolean hasGroups;

    /**
     * A part of the replacement: a text, or a group.
     *
     * @param text null: a group
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Part(byte[] text, int group) {}

    ReplaceStep(String expression, String with) {
        super(StepText.of(NAME, StepKinds.members(REGEX, expression, WITH, with)));
        this.expression = expression;
        this.parts = parts(Pattern.compile(expression), with);
        this.hasGroups = parts.stream().anyMatch(part -> part.text() == null);
    }

    private static List<Part> parts(Pattern pattern, String with) {
        if (with.indexOf('\n') >= 0) {
            throw new StepException("replace: a record cannot hold a newline; take it out of 'with'");
        }
        List<Part> parts = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        for (int at = 0; at < with.length(); ) {
            char c = with.charAt(at);
            if (c != '$') {
                text.append(c);
                at++;
                continue;
            }
            char next = at + 1 < with.length() ? with.charAt(at + 1) : 0;
            if (next == '$') {
                text.append('$');
                at += 2;
                continue;
            }
            int end = next == '{' ? with.indexOf('}', at) : digitsEnd(with, at + 1);
            if (end < 0 || end == at + 1) {
                throw new StepException("replace: '" + with.substring(at)
                        + "' names no group; write $1 or ${name} for a group, $$ for a dollar");
            }
            String name = next == '{' ? with.substring(at + 2, end) : with.substring(at + 1, end);
            addText(text, parts);
            parts.add(new Part(null, group(pattern, name)));
            at = next == '{' ? end + 1 : end;
        }
        addText(text, parts);
        return List.copyOf(parts);
    }

    private static int digitsEnd(String with, int from) {
        int at = from;
        while (at < with.length() && with.charAt(at) >= '0' && with.charAt(at) <= '9') {
            at++;
        }
        return at;
    }

    private static void addText(StringBuilder text, List<Part> parts) {
        if (text.length() > 0) {
            parts.add(new Part(text.toString().getBytes(StandardCharsets.UTF_8), 0));
            text.setLength(0);
        }
    }

    private static int group(Pattern pattern, String name) {
        Integer group = pattern.namedGroups().get(name);
        if (group == null && name.matches("[0-9]{1,4}")) {
            group = Integer.parseInt(name);
        }
        if (group == null || group > pattern.groupCount()) {
            throw new StepException("replace: the expression has no group '" + name + "'");
        }
        return group;
    }

    @Override
    StepStage newStage(Workspace workspace) {
        return new Replace(workspace, new Expression(expression), parts, hasGroups);
    }

    private static final class Replace extends StepStage {
        private final Expression expression;
        private final List<Part> parts;
        private final boolean hasGroups;

        Replace(Workspace workspace, Expression expression, List<Part> parts, boolean hasGroups) {
            super(workspace);
            this.expression = expression;
            this.parts = parts;
            this.hasGroups = hasGroups;
        }

        @Override
        void apply(long address, int length) {
            expression.begin(address, length);
            if (!expression.next()) {
                emit(address, length);
                return;
            }
            BuildMemory build = build();
            long copied = address;
            do {
                build.copy(copied, expression.start() - copied);
                putReplacement(build);
                copied = expression.end();
            } while (expression.next());
            build.copy(copied, address + length - copied);
            emitBuilt();
        }

        private void putReplacement(BuildMemory build) {
            if (hasGroups) {
                expression.findGroups();
            }
            for (int i = 0; i < parts.size(); i++) {
                Part part = parts.get(i);
                if (part.text() != null) {
                    build.put(part.text());
                } else if (expression.hasGroup(part.group())) {
                    build.copy(
                            expression.start(part.group()),
                            expression.end(part.group()) - expression.start(part.group()));
                }
            }
        }
    }
}
