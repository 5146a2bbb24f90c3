package io.decant.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** HTTP headers of the user's own: names and secret values. */
record HeadersType() implements ValueType<Map<String, Secret>> {
    /** A token of RFC 9110, section 5.6.2. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,256}");
    /** Printable ASCII: a line break would begin a header of its own, and what bytes mean is not agreed on. */
    private static final Pattern VALUE = Pattern.compile("[\\t -~]*");
    /** What the sink says itself, and what the connection says for it. */
    private static final Set<String> TAKEN = Set.of(
            "idempotency-key",
            "content-length",
            "content-encoding",
            "transfer-encoding",
            "host",
            "connection",
            "keep-alive",
            "expect",
            "te",
            "trailer",
            "upgrade");

    private static final String TAKEN_PREFIX = "decant-";

    @Override
    public String name() {
        return "section";
    }

    @Override
    public String range() {
        return "header names and values";
    }

    @Override
    public Optional<Map<String, Secret>> read(Raw raw, String key, Input input) {
        return input.section(raw, key).flatMap(section -> readHeaders(section, key, input));
    }

    private Optional<Map<String, Secret>> readHeaders(Raw.Mapping section, String path, Input input) {
        Map<String, Secret> headers = new LinkedHashMap<>();
        Set<String> seen = new TreeSet<>();
        section.fields().forEach((name, value) -> {
            String key = Input.join(path, name);
            try {
                checkName(name, seen);
            } catch (InvalidValue e) {
                input.problems().add(value.location(), key, "", e);
                return;
            }
            if (value instanceof Raw.Scalar scalar) {
                try {
                    headers.put(name, checkedValue(input.environment().expandSecret(scalar.text())));
                } catch (InvalidValue e) {
                    input.problems().add(value.location(), key, Secret.HIDDEN, e);
                }
            } else {
                input.wrongType(value, key, "a text");
            }
        });
        boolean complete = headers.size() == section.fields().size();
        return complete ? Optional.of(Collections.unmodifiableMap(headers)) : Optional.empty();
    }

    @Override
    public Raw write(Map<String, Secret> headers) {
        Map<String, Raw> fields = new LinkedHashMap<>();
        headers.forEach((name, value) -> fields.put(name, Raw.Scalar.of(value.toString())));
        return new Raw.Mapping(Location.NOWHERE, fields);
    }

    @Override
    public void check(Map<String, Secret> headers) {
        Set<String> seen = new TreeSet<>();
        headers.forEach((name, value) -> {
            checkName(name, seen);
            checkedValue(value.reveal());
        });
    }

    private static void checkName(String name, Set<String> seen) {
        if (!NAME.matcher(name).matches()) {
            throw new InvalidValue("is not a header name", "write letters, digits and - only");
        }
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.equals("content-type")) {
            throw new InvalidValue("is not set here", "use the key content-type of the sink");
        }
        if (TAKEN.contains(lower) || lower.startsWith(TAKEN_PREFIX)) {
            throw new InvalidValue("is a header that Decant sets itself", "remove it");
        }
        if (!seen.add(lower)) {
            throw new InvalidValue("is set twice; header names are case-insensitive", "remove one");
        }
    }

    private static Secret checkedValue(String value) {
        if (!VALUE.matcher(value).matches()) {
            throw new InvalidValue("has characters outside printable ASCII", "encode it as its receiver expects");
        }
        return new Secret(value);
    }
}
