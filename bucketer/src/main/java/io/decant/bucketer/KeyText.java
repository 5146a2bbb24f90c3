package io.decant.bucketer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a cut writes keys that 0.1.0 does not know: {@code v2}, the rules that are not the default ones, and the key, or
 * an array of the parts of a composite one, or the names of several keys with theirs:
 *
 * <pre>
 * v2 json:/user/id
 * v2 fold=case csv=; csv:2
 * v2 ["json:/tenant","json:/id"]
 * v2 {"id":["json:/a","json:/b"],"email":{"any-of":["json:/old","json:/new"]}}
 * </pre>
 *
 * <p>Also how what is in brackets is read. Stateless but for reading; one for each text.
 */
final class KeyText {

    private static final String FOLD = "fold=";
    private static final String CSV = "csv=";
    private static final String TAB = "\\t";
    private static final String ANY_OF = "{\"any-of\":";

    private final String text;
    private int at;

    private KeyText(String text) {
        this.text = text;
    }

    static String write(KeyRules rules, Map<String, List<KeyTuple>> keys, boolean several) {
        StringBuilder out = new StringBuilder(KeySpec.RULES_PREFIX);
        if (rules.fold() != Fold.NONE) {
            out.append(FOLD).append(rules.fold().word()).append(' ');
        }
        if (rules.csvDelimiter() != ',') {
            out.append(CSV).append(rules.csvDelimiter() == '\t' ? TAB : String.valueOf(rules.csvDelimiter()));
            out.append(' ');
        }
        if (!several) {
            KeyTuple only = keys.values().iterator().next().get(0);
            if (only.parts().size() == 1) {
                out.append(only.parts().get(0).text());
            } else {
                put(out, only);
            }
            return out.toString();
        }
        String before = "{";
        for (Map.Entry<String, List<KeyTuple>> key : keys.entrySet()) {
            put(out.append(before), key.getKey());
            out.append(':');
            if (key.getValue().size() == 1) {
                put(out, key.getValue().get(0));
            } else {
                String next = ANY_OF + "[";
                for (KeyTuple either : key.getValue()) {
                    put(out.append(next), either);
                    next = ",";
                }
                out.append("]}");
            }
            before = ",";
        }
        return out.append('}').toString();
    }

    private static void put(StringBuilder out, KeyTuple tuple) {
        if (tuple.parts().size() == 1) {
            put(out, tuple.parts().get(0).text());
            return;
        }
        String before = "[";
        for (KeyTuple.Part part : tuple.parts()) {
            put(out.append(before), part.text());
            before = ",";
        }
        out.append(']');
    }

    private static void put(StringBuilder out, String string) {
        out.append('"')
                .append(string.replace("\\", "\\\\").replace("\"", "\\\""))
                .append('"');
    }

    /** @throws KeySpecException for a text that no cut has */
    static KeySpec read(String text) {
        KeyText reader = new KeyText(text);
        reader.at = KeySpec.RULES_PREFIX.length();
        Fold fold = reader.next(FOLD) ? Fold.of(reader.word()) : Fold.NONE;
        char delimiter = ',';
        if (reader.next(CSV)) {
            delimiter = reader.next(TAB) ? '\t' : reader.take();
            reader.expect(" ");
        }
        KeyRules rules = new KeyRules(KeySpec.SEMANTICS, fold, delimiter);
        boolean several = reader.peek() == '{';
        Map<String, List<KeyTuple>> keys = new LinkedHashMap<>();
        if (several) {
            reader.keys(keys);
        } else if (reader.peek() == '[') {
            keys.put("", List.of(reader.tuple()));
        } else {
            keys.put("", List.of(new KeyTuple(List.of(KeyTuple.Part.of(text.substring(reader.at))))));
            reader.at = text.length();
        }
        if (reader.at < text.length()) {
            throw reader.noKey();
        }
        return new KeySpec(text, rules, keys);
    }

    private void keys(Map<String, List<KeyTuple>> keys) {
        expect("{");
        do {
            String name = string();
            expect(":");
            List<KeyTuple> anyOf = new ArrayList<>();
            if (next(ANY_OF)) {
                expect("[");
                do {
                    anyOf.add(tuple());
                } while (next(","));
                expect("]}");
            } else {
                anyOf.add(tuple());
            }
            keys.put(name, List.copyOf(anyOf));
        } while (next(","));
        expect("}");
    }

    private KeyTuple tuple() {
        List<KeyTuple.Part> parts = new ArrayList<>();
        if (!next("[")) {
            parts.add(KeyTuple.Part.of(string()));
            return new KeyTuple(parts);
        }
        do {
            parts.add(KeyTuple.Part.of(string()));
        } while (next(","));
        expect("]");
        return new KeyTuple(parts);
    }

    private String string() {
        expect("\"");
        StringBuilder string = new StringBuilder();
        for (char c = take(); c != '"'; c = take()) {
            string.append(c == '\\' ? take() : c);
        }
        return string.toString();
    }

    private String word() {
        int space = text.indexOf(' ', at);
        if (space < 0) {
            throw noKey();
        }
        String word = text.substring(at, space);
        at = space + 1;
        return word;
    }

    private int peek() {
        return at < text.length() ? text.charAt(at) : -1;
    }

    private char take() {
        if (at == text.length()) {
            throw noKey();
        }
        return text.charAt(at++);
    }

    private boolean next(String token) {
        if (!text.startsWith(token, at)) {
            return false;
        }
        at += token.length();
        return true;
    }

    private void expect(String token) {
        if (!next(token)) {
            throw noKey();
        }
    }

    private KeySpecException noKey() {
        return new KeySpecException("'" + text + "' is not a key", "");
    }
}
