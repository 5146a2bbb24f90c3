package io.decant.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The type of a URL that requests are sent to. */
final class UrlType {
    /**
     * From the scheme to the last at sign: wherever a password stands in a URL, or in what was meant to be one, it is
     * in there.
     */
    private static final Pattern USER_INFO = Pattern.compile("(?s)^([A-Za-z]+://)?.*@");

    private static final int PORT_MAX = 65_535;

    /** What {@link URI} takes for no host, and containers and internal zones have all the same. */
    private static final Pattern UNDERSCORED =
            Pattern.compile("((?=[^:]*_)[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,253}[A-Za-z0-9_])?)(?::([0-9]{1,6})?)?");

    /** An absolute http or https URL with a host, without user and fragment. */
    static final ValueType<URI> HTTP = new ScalarType<>(
            "a URL",
            "http or https, with a host",
            UrlType::parse,
            URI::toString,
            UrlType::check,
            UrlType::hideUserInfo);

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^{}]*)}");

    /** What may stand in braces in the URL of a request. */
    private static final Set<String> PLACEHOLDERS = Set.of("batch", "bucket", "key");

    /** The same, with placeholders in path and query; in the URI their braces are percent-encoded. */
    static final ValueType<URI> TEMPLATE = new ScalarType<>(
            "a URL",
            "http or https, with a host",
            text -> parse(encodedBraces(text)),
            url -> shown(url.toString()),
            UrlType::check,
            UrlType::hideUserInfo);

    private UrlType() {}

    private static String encodedBraces(String text) {
        Matcher placeholder = PLACEHOLDER.matcher(text);
        StringBuilder encoded = new StringBuilder();
        while (placeholder.find()) {
            if (!PLACEHOLDERS.contains(placeholder.group(1))) {
                throw new InvalidValue(
                        "has a placeholder that is not known",
                        "known are {batch}, {bucket} and {key}; percent-encode other braces");
            }
            placeholder.appendReplacement(encoded, "%7B" + placeholder.group(1) + "%7D");
        }
        return placeholder.appendTail(encoded).toString();
    }

    /** With the placeholders in braces. */
    static String shown(String url) {
        String shown = url;
        for (String name : PLACEHOLDERS) {
            shown = shown.replace("%7B" + name + "%7D", "{" + name + "}");
        }
        return shown;
    }

    private static URI parse(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new InvalidValue("is not a URL: " + e.getReason() + " at " + e.getIndex(), "");
        }
    }

    private static void check(URI url) {
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new InvalidValue("is not an http or https URL", "write e.g. http://localhost:8000/buckets");
        }
        if (url.getRawUserInfo() != null
                || (url.getRawAuthority() != null && url.getRawAuthority().contains("@"))) {
            throw new InvalidValue("has a user in it, which logs would show", "remove it and set auth: {basic: ...}");
        }
        checkHost(url);
        if (url.getRawFragment() != null) {
            throw new InvalidValue("has a fragment, which is never sent", "remove what follows #");
        }
    }

    static void checkHost(URI url) {
        if (host(url) == null) {
            throw new InvalidValue(
                    "has no valid host", "write http://host:port/path; a host has letters, digits, -, _ and .");
        }
        if (port(url) == 0 || port(url) > PORT_MAX) {
            throw new InvalidValue("has a port outside 1 to " + PORT_MAX, "");
        }
    }

    /**
     * As {@link URI#getHost} has it, and a name with an underscore as well, which that one does not take; null where
     * there is none.
     */
    static String host(URI url) {
        if (url.getHost() != null) {
            return url.getHost();
        }
        Matcher authority = authority(url);
        return authority.matches() ? authority.group(1) : null;
    }

    /** As {@link URI#getPort} has it, and that of a name with an underscore as well; -1 where there is none. */
    static int port(URI url) {
        Matcher authority = authority(url);
        boolean isOurs = url.getHost() == null && authority.matches() && authority.group(2) != null;
        return isOurs ? Integer.parseInt(authority.group(2)) : url.getPort();
    }

    private static Matcher authority(URI url) {
        return UNDERSCORED.matcher(url.getRawAuthority() == null ? "" : url.getRawAuthority());
    }

    static String hideUserInfo(String text) {
        return USER_INFO.matcher(text).replaceFirst("$1" + Secret.HIDDEN + "@");
    }
}
