package io.decant.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;

/** The type of a URL that requests are sent to. */
final class UrlType {
    /** From the scheme to the last at sign: wherever a password stands in a URL, or in what was meant to be one, it is in there. */
    private static final Pattern USER_INFO = Pattern.compile("(?s)^([A-Za-z]+://)?.*@");

    private static final int PORT_MAX = 65_535;

    /** An absolute http or https URL with a host, without user and fragment. */
    static final ValueType<URI> HTTP = new ScalarType<>(
            "a URL",
            "http or https, with a host",
            UrlType::parse,
            URI::toString,
            UrlType::check,
            UrlType::hideUserInfo);

    private UrlType() {}

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
        if (url.getHost() == null) {
            throw new InvalidValue(
                    "has no valid host", "write http://host:port/path; a host has letters, digits, - and .");
        }
        if (url.getPort() == 0 || url.getPort() > PORT_MAX) {
            throw new InvalidValue("has a port outside 1 to " + PORT_MAX, "");
        }
        if (url.getRawFragment() != null) {
            throw new InvalidValue("has a fragment, which is never sent", "remove what follows #");
        }
    }

    private static String hideUserInfo(String text) {
        return USER_INFO.matcher(text).replaceFirst("$1" + Secret.HIDDEN + "@");
    }
}
