package io.decant.ingest.admin;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Who sends a request, and whether that one may: the one place where this is decided. Safe from any thread; waits for
 * nothing.
 */
final class AccessCheck {

    private static final String WITHOUT_USERS =
            "this would change something, and admin.users is off: anybody who reaches"
                    + " this address could ask for it; set admin.users, or admin.address to a loopback address; on the"
                    + " server's own machine 'decant dlq replay' may all the same, by data-dir/admin.token\n";

    /**
     * What became of it.
     *
     * @param user who sends it; empty where that is not known, or is not asked
     * @param refusal what it is answered where it may not be served
     */
    record Outcome(Optional<AdminUser> user, Optional<Answer> refusal) {

        static Outcome of(Optional<AdminUser> user) {
            return new Outcome(user, Optional.empty());
        }

        static Outcome refused(Answer answer) {
            return new Outcome(Optional.empty(), Optional.of(answer));
        }
    }

    private final AdminUsers users;
    private final LoginSessions sessions;
    private final LoginFailures failures;
    private final boolean isLoopback;
    private final String basePath;

    /**
     * @param isLoopback whether nobody can reach the port from elsewhere
     * @param basePath below which browsers see the port; empty: at the root
     */
    AccessCheck(AdminUsers users, LoginSessions sessions, LoginFailures failures, boolean isLoopback, String basePath) {
        this.users = users;
        this.sessions = sessions;
        this.failures = failures;
        this.isLoopback = isLoopback;
        this.basePath = basePath;
    }

    Outcome of(AdminRequest request, Access needed) {
        if (needed == Access.EVERYBODY) {
            return Outcome.of(Optional.empty());
        }
        return users.areSet() ? ofUsers(request, needed) : withoutUsers(request, needed);
    }

    private Outcome withoutUsers(AdminRequest request, Access needed) {
        Optional<AdminUser> beside = users.beside(request.authorization().reveal());
        return needed == Access.READ || isLoopback || beside.isPresent()
                ? Outcome.of(beside)
                : Outcome.refused(Answer.text(403, WITHOUT_USERS));
    }

    private Outcome ofUsers(AdminRequest request, Access needed) {
        String authorization = request.authorization().reveal();
        Optional<AdminUser> user;
        if (authorization.isEmpty()) {
            user = SessionCookie.of(request)
                    .flatMap(sessions::user)
                    .or(() -> users.ofCertificate(request.peer().certificateNames()));
        } else {
            OptionalLong blocked = failures.blockedSeconds(request.peer().address());
            user = blocked.isPresent() ? users.beside(authorization) : users.ofAuthorization(authorization);
            if (user.isEmpty() && blocked.isPresent()) {
                return Outcome.refused(tooMany(blocked.getAsLong()));
            }
            if (user.isEmpty()) {
                failures.failed(request.peer().address());
            }
        }
        if (user.isEmpty()) {
            return Outcome.refused(unknown(request));
        }
        return needed == Access.OPERATE && !user.get().mayOperate()
                ? Outcome.refused(Answer.text(
                        403,
                        "user " + user.get().name() + " may only read; who changes something needs may: operate\n"))
                : Outcome.of(user);
    }

    static Answer tooMany(long seconds) {
        return Answer.text(429, "too many failed logins from this address; try again in " + seconds + " s\n")
                .with("retry-after", Long.toString(seconds));
    }

    /** A browser that wants to show something is sent to the form. */
    private Answer unknown(AdminRequest request) {
        boolean shows = request.method().equals("GET") || request.method().equals("HEAD");
        if (shows && request.prefersHtml() && request.authorization().isEmpty()) {
            return Answer.seeOther(basePath + "/login");
        }
        Answer answer = Answer.text(
                401, "no user of admin.users: say Authorization: Bearer and a token, or Basic with name and token\n");
        // To a script of a page, a browser would ask for name and password in a window of its own.
        return request.isOfPage()
                ? answer.with("www-authenticate", "Bearer realm=\"decant\"")
                : answer.with(List.of(
                        new Answer.Field("www-authenticate", "Bearer realm=\"decant\""),
                        new Answer.Field("www-authenticate", "Basic realm=\"decant\", charset=\"UTF-8\"")));
    }
}
