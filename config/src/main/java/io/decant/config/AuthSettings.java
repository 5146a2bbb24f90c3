package io.decant.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The section {@code auth} of an HTTP sink: what requests say in {@code Authorization}. At most one of them is set.
 *
 * @param basic user and password with a colon between them (RFC 7617); empty: not this way
 * @param bearer a token (RFC 6750); empty: not this way
 * @param tokenFile file with such a token, which may change; empty: not this way
 * @param oauth2 where tokens come from (RFC 6749, 4.4); empty: not this way
 */
public record AuthSettings(Secret basic, Secret bearer, Optional<Path> tokenFile, Optional<OAuth2Settings> oauth2) {

    private static final Pattern TOKEN = Pattern.compile("[!-~]*");

    private static final SectionKeys<AuthSettings> KEYS = SectionKeys.of(AuthSettings.class);

    static final Setting<AuthSettings, Secret> BASIC = KEYS.optional(
            Types.secret(
                    "`user:password`",
                    Pattern.compile("|[^:\\p{Cntrl}]*:\\P{Cntrl}*"),
                    () -> new InvalidValue("is not user:password", "write both, with a colon between them")),
            Secret.NONE,
            "User and password (RFC 7617), e.g. `\"decant:${PASSWORD}\"`.");

    static final Setting<AuthSettings, Secret> BEARER = KEYS.optional(
            Types.secret(
                    "a token", TOKEN, () -> new InvalidValue("is not a token", "write printable ASCII without blanks")),
            Secret.NONE,
            "A token (RFC 6750), e.g. `${TOKEN}`, without the word Bearer.");

    static final Setting<AuthSettings, Optional<Path>> TOKEN_FILE = KEYS.optional(
            Types.OPTIONAL_PATH,
            Optional.empty(),
            "A file with such a token. It is read again every minute, and when a request is answered 401.");

    static final Setting<AuthSettings, Optional<OAuth2Settings>> OAUTH2 = KEYS.optional(
            new OptionalSectionType<>("off", OAuth2Settings.SECTION),
            Optional.empty(),
            "Tokens of an OAuth 2.0 server, by client credentials (RFC 6749, 4.4). At most one of `basic`, `bearer`,"
                    + " `token-file` and `oauth2` is set.");

    static final Section<AuthSettings> SECTION = KEYS.section();

    /** Requests carry no credentials. */
    public static final AuthSettings NONE = SECTION.defaults();

    /** @throws IllegalArgumentException if a value is out of its range */
    public AuthSettings {
        BASIC.check(basic);
        BEARER.check(bearer);
        TOKEN_FILE.check(tokenFile);
        OAUTH2.check(oauth2);
    }

    /**
     * Credentials that do not change.
     *
     * @throws IllegalArgumentException if a value is out of its range
     */
    public AuthSettings(Secret basic, Secret bearer) {
        this(basic, bearer, Optional.empty(), Optional.empty());
    }

    /** Whether a text can be the token of a header. */
    public static boolean isToken(String text) {
        return !text.isEmpty() && TOKEN.matcher(text).matches();
    }

    /** The keys that are set. */
    List<String> ways() {
        List<String> ways = new ArrayList<>();
        if (!basic.isEmpty()) {
            ways.add(BASIC.key());
        }
        if (!bearer.isEmpty()) {
            ways.add(BEARER.key());
        }
        tokenFile.ifPresent(file -> ways.add(TOKEN_FILE.key()));
        oauth2.ifPresent(server -> ways.add(OAUTH2.key()));
        return ways;
    }

    /** Whether tokens come from somewhere else, and one that is refused may be replaced by another. */
    public boolean hasTokens() {
        return tokenFile.isPresent() || oauth2.isPresent();
    }

    AuthSettings relativeTo(Path folder) {
        return SECTION.with(this, TOKEN_FILE, tokenFile.map(folder::resolve));
    }

    /** The value of {@code Authorization} where it does not change; empty where there is none. */
    public Secret authorization() {
        if (!basic.isEmpty()) {
            byte[] credentials = basic.reveal().getBytes(StandardCharsets.UTF_8);
            return new Secret("Basic " + Base64.getEncoder().encodeToString(credentials));
        }
        return bearer.isEmpty() ? Secret.NONE : new Secret("Bearer " + bearer.reveal());
    }
}
