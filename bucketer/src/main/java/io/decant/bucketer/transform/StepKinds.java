package io.decant.bucketer.transform;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.decant.bucketer.JsonPath;
import io.decant.bucketer.KeySpecException;
import io.decant.bucketer.Memory;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * The kinds of steps: one line each.
 *
 * <table>
 * <caption>Steps</caption>
 * <tr><td>{@code split: REGEX}, {@code json-each: /pointer}</td><td>several of one</td></tr>
 * <tr><td>{@code keep: CONDITION}, {@code drop: CONDITION}</td><td>one or none, see {@link Condition}</td></tr>
 * <tr><td>all others</td><td>one of one</td></tr>
 * </table>
 */
final class StepKinds {

    private static final String SALT = "salt";
    private static final String SALT_OF = "sha256:";
    private static final int SALT_HASH_BYTES = 8;

    /** By name, how a step is made of its text; the salt is that of {@code json-hash}. */
    private static final Map<String, BiFunction<StepText, byte[], Step>> KINDS = new LinkedHashMap<>();

    static {
        KINDS.put(SplitStep.NAME, (text, salt) -> new SplitStep(requireExpression(textOf(text, "an expression"))));
        KINDS.put(JsonEachStep.NAME, (text, salt) -> new JsonEachStep(pointerOrRoot(textOf(text, "a pointer"))));
        KINDS.put(FilterStep.KEEP, (text, salt) -> new FilterStep(true, textOf(text, Condition.CHOICES)));
        KINDS.put(FilterStep.DROP, (text, salt) -> new FilterStep(false, textOf(text, Condition.CHOICES)));
        KINDS.put(JsonPickStep.NAME, (text, salt) -> {
            Map<String, String> picked = membersOf(text, "names with pointers");
            picked.values().forEach(StepKinds::pointerOrRoot);
            return new JsonPickStep(picked);
        });
        KINDS.put(JsonSetStep.NAME, (text, salt) -> new JsonSetStep(membersOf(text, "names with texts")));
        KINDS.put(JsonHashStep.NAME, StepKinds::jsonHash);
        KINDS.put(ReplaceStep.NAME, (text, salt) -> replace(text));
        KINDS.put(JsonRenameStep.NAME, (text, salt) -> {
            Map<String, String> names = membersOf(text, "old names with new ones");
            if (new HashSet<>(names.values()).size() < names.size()) {
                throw new StepException(JsonRenameStep.NAME + ": two members would have one name");
            }
            return new JsonRenameStep(names);
        });
        KINDS.put(JsonRemoveStep.NAME, (text, salt) -> new JsonRemoveStep(pointersOf(text)));
        KINDS.put(ExtractStep.NAME, (text, salt) -> new ExtractStep(textOf(text, "regex:EXPR")));
        KINDS.put(CsvPickStep.NAME, (text, salt) -> new CsvPickStep(itemsOf(text, "columns, from 1")));
        KINDS.put(TrimStep.NAME, (text, salt) -> alone(text, new TrimStep()));
        KINDS.put(LowerStep.NAME, (text, salt) -> alone(text, new LowerStep()));
    }

    private StepKinds() {}

    /**
     * Reads a step.
     *
     * @param salt of {@code json-hash}; null: there is none
     * @throws StepException where it is none
     */
    static Step parse(String source, byte[] salt) {
        StepText text = StepText.parse(source);
        BiFunction<StepText, byte[], Step> kind = KINDS.get(text.name());
        if (kind == null) {
            throw new StepException(
                    "'" + text.name() + "' is not a step; the steps are " + String.join(", ", KINDS.keySet()));
        }
        return kind.apply(text, salt);
    }

    /** Names of all steps. */
    static List<String> names() {
        return List.copyOf(KINDS.keySet());
    }

    private static String textOf(StepText text, String what) {
        if (text.text() == null) {
            throw wants(text, what);
        }
        return text.text();
    }

    private static List<String> itemsOf(StepText text, String what) {
        if (text.items() == null || text.items().isEmpty()) {
            throw wants(text, "a list of " + what);
        }
        return text.items();
    }

    private static Map<String, String> membersOf(StepText text, String what) {
        if (text.members() == null || text.members().isEmpty()) {
            throw wants(text, what);
        }
        return text.members();
    }

    private static List<String> pointersOf(StepText text) {
        List<String> pointers = itemsOf(text, "pointers");
        pointers.forEach(StepKinds::requirePointer);
        return pointers;
    }

    private static Step alone(StepText text, Step step) {
        if (!text.toString().equals(text.name())) {
            throw new StepException(text.name() + ": takes nothing behind its name");
        }
        return step;
    }

    private static StepException wants(StepText text, String what) {
        return new StepException(text.name() + ": there must be " + what + " behind its name");
    }

    /** The salt must be the one that the text was made with: other hashes would be other records. */
    private static Step jsonHash(StepText text, byte[] salt) {
        if (text.members() == null) {
            List<String> pointers = pointersOf(text);
            if (salt == null) {
                throw new StepException("json-hash: there is no salt");
            }
            Map<String, String> frozen = new LinkedHashMap<>();
            pointers.forEach(pointer -> frozen.put(pointer, ""));
            frozen.put(SALT, saltHash(salt));
            return new JsonHashStep(pointers, salt, StepText.of(JsonHashStep.NAME, frozen));
        }
        Map<String, String> frozen = new LinkedHashMap<>(text.members());
        String wanted = frozen.remove(SALT);
        List<String> pointers = pointersOf(StepText.of(JsonHashStep.NAME, List.copyOf(frozen.keySet())));
        if (salt == null || !saltHash(salt).equals(wanted)) {
            throw new StepException("json-hash: the salt is not the one that these records were hashed with; set "
                    + StepTransform.SALT_VARIABLE + " to what it was");
        }
        return new JsonHashStep(pointers, salt, text);
    }

    /** Enough of it to notice another salt, too little to find the salt by. */
    private static String saltHash(byte[] salt) {
        byte[] hash = JsonHashStep.sha256()
                .digest(("decant salt " + HexFormat.of().formatHex(salt)).getBytes(StandardCharsets.US_ASCII));
        return SALT_OF + HexFormat.of().formatHex(hash, 0, SALT_HASH_BYTES);
    }

    private static Step replace(StepText text) {
        Map<String, String> members = membersOf(text, "regex and with");
        if (members.size() != 2 || !members.containsKey(ReplaceStep.REGEX) || !members.containsKey(ReplaceStep.WITH)) {
            throw wants(text, "regex and with");
        }
        return new ReplaceStep(requireExpression(members.get(ReplaceStep.REGEX)), members.get(ReplaceStep.WITH));
    }

    static Map<String, String> members(String name, String value, String otherName, String otherValue) {
        Map<String, String> members = new LinkedHashMap<>();
        members.put(name, value);
        members.put(otherName, otherValue);
        return members;
    }

    /** @throws StepException where RE2 does not accept it */
    static String requireExpression(String expression) {
        try {
            Pattern.compile(expression);
            return expression;
        } catch (PatternSyntaxException e) {
            throw new StepException("'" + expression + "': " + e.getDescription() + ": " + e.getPattern(), e);
        }
    }

    private static String pointerOrRoot(String pointer) {
        return pointer.isEmpty() ? pointer : requirePointer(pointer);
    }

    /** @throws StepException where it is no JSON pointer to a part of a document */
    static String requirePointer(String pointer) {
        if (pointer.isEmpty()) {
            throw new StepException("a JSON pointer begins with /: /user/id");
        }
        try {
            JsonPath.of(pointer);
            return pointer;
        } catch (KeySpecException e) {
            throw new StepException(e.getMessage(), e);
        }
    }

    /** Bytes of a line without the CR that belongs to its end. */
    static int lengthWithoutCr(long address, int length) {
        return length > 0 && Memory.getByte(address + length - 1) == '\r' ? length - 1 : length;
    }
}
