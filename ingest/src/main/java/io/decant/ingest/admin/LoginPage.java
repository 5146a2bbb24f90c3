package io.decant.ingest.admin;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The form by which a browser logs in, and what it sends. Safe from any thread; waits for nothing. */
final class LoginPage {

    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String HTML = "text/html; charset=utf-8";
    private static final int FIELDS_MAX = 8;

    private static final String PAGE = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <meta name="color-scheme" content="light dark">
            <title>Log in - Decant</title>
            <link rel="icon" href="%2$s/page/icon.svg" type="image/svg+xml">
            </head>
            <body>
            <main>
            <h1>Decant</h1>
            %1$s<form method="post" action="%2$s/login">
            <p><label for="name">User (may be left out)</label><br>
            <input id="name" name="name" autocomplete="username"></p>
            <p><label for="token">Token</label><br>
            <input id="token" name="token" type="password" autocomplete="current-password" required autofocus></p>
            <p><button type="submit">Log in</button></p>
            </form>
            </main>
            </body>
            </html>
            """;

    private final AdminUsers users;
    private final LoginSessions sessions;
    private final LoginFailures failures;
    private final String basePath;

    /** @param basePath below which browsers see the port; empty: at the root */
    LoginPage(AdminUsers users, LoginSessions sessions, LoginFailures failures, String basePath) {
        this.users = users;
        this.sessions = sessions;
        this.failures = failures;
        this.basePath = basePath;
    }

    /** The form; who has logged in is sent on. */
    Answer form(AdminRequest request) {
        return SessionCookie.of(request).flatMap(sessions::user).isPresent()
                ? Answer.seeOther(basePath + "/")
                : page(200, "");
    }

    /** Takes what the form has sent. */
    Answer login(AdminRequest request, String body) {
        if (!request.mediaType().equals(FORM)) {
            return Answer.text(415, "only Content-Type: " + FORM + "\n");
        }
        if (request.isOfOtherSite()) {
            return Answer.text(403, "not for pages of another site\n");
        }
        Map<String, List<String>> fields;
        try {
            fields = new QueryStringDecoder(body, StandardCharsets.UTF_8, false, FIELDS_MAX).parameters();
        } catch (IllegalArgumentException e) {
            return Answer.text(400, "not a form\n");
        }
        String shown = first(fields, "token");
        byte[] token = AdminUsers.digest(shown);
        String name = first(fields, "name").strip();
        OptionalLong blocked = failures.blockedSeconds(request.peer().address());
        Optional<AdminUser> user = users.ofDigest(token)
                .filter(found -> !shown.isEmpty())
                .filter(found -> name.isEmpty() || found.name().equals(name))
                .filter(found -> blocked.isEmpty() || found.equals(AdminUser.BESIDE));
        if (user.isEmpty() && blocked.isPresent()) {
            Answer tooMany = AccessCheck.tooMany(blocked.getAsLong());
            return page(429, "too many failed logins from this address; try again in " + blocked.getAsLong() + " s")
                    .with(tooMany.fields());
        }
        if (user.isEmpty()) {
            failures.failed(request.peer().address());
            // Of a kind that no browser asks for in a window of its own.
            return page(401, "no user has that token").with("www-authenticate", "Bearer realm=\"decant\"");
        }
        SessionCookie.of(request).ifPresent(sessions::end);
        return Answer.seeOther(basePath + "/")
                .with(List.of(SessionCookie.given(request, sessions.begin(user.get(), token))));
    }

    /** Ends the session of the browser. */
    Answer logout(AdminRequest request) {
        SessionCookie.of(request).ifPresent(sessions::end);
        return Answer.seeOther(basePath + "/login").with(List.of(SessionCookie.taken(request)));
    }

    private static String first(Map<String, List<String>> fields, String name) {
        List<String> values = fields.getOrDefault(name, List.of());
        return values.isEmpty() ? "" : values.get(0);
    }

    /** Nothing from elsewhere, and in no other page. */
    private Answer page(int status, String message) {
        String shown = message.isEmpty() ? "" : "<p role=\"alert\">" + message + "</p>\n";
        return Answer.of(status, HTML, PAGE.formatted(shown, basePath))
                .with(List.of(
                        new Answer.Field(
                                "content-security-policy",
                                "default-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"),
                        // Not no-referrer, with which a browser would say that the form is from nowhere.
                        new Answer.Field("referrer-policy", "same-origin"),
                        new Answer.Field("x-content-type-options", "nosniff")));
    }
}
