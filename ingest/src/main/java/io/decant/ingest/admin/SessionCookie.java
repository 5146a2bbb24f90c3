package io.decant.ingest.admin;

import java.util.Optional;

/**
 * The cookie that holds the id of a {@linkplain LoginSessions session}. No script sees it, and no page of another site
 * has it sent. Its name has the port, for a browser does not tell the ports of a host apart. Stateless.
 */
final class SessionCookie {

    /** Much more than an id has. */
    private static final int VALUE_CHARS_MAX = 128;

    private SessionCookie() {}

    /** The id that a request carries. */
    static Optional<String> of(AdminRequest request) {
        String name = name(request);
        for (String pair : request.cookies().reveal().split(";", -1)) {
            int equals = pair.indexOf('=');
            if (equals >= 0 && pair.substring(0, equals).strip().equals(name)) {
                String value = pair.substring(equals + 1).strip();
                return value.isEmpty() || value.length() > VALUE_CHARS_MAX ? Optional.empty() : Optional.of(value);
            }
        }
        return Optional.empty();
    }

    /** The field {@code Set-Cookie} that gives it to a browser. */
    static Answer.Field given(AdminRequest request, String id) {
        return field(request, id, "");
    }

    /** The one that takes it away. */
    static Answer.Field taken(AdminRequest request) {
        return field(request, "", "; Max-Age=0");
    }

    private static Answer.Field field(AdminRequest request, String value, String end) {
        // A proxy may speak TLS for us: a browser says where its page is from.
        boolean secure = request.peer().encrypted() || request.origin().startsWith("https://");
        return new Answer.Field(
                "set-cookie",
                name(request) + "=" + value + "; Path=/; HttpOnly; SameSite=Strict" + (secure ? "; Secure" : "") + end);
    }

    /** With the prefix a browser takes it only from this host, over TLS. */
    private static String name(AdminRequest request) {
        return (request.peer().encrypted() ? "__Host-" : "") + "decant-"
                + request.peer().serverPort();
    }
}
