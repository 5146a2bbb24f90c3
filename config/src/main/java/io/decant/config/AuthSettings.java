package io.decant.config;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Pattern;

/**
 * The section {@code auth} of an HTTP sink: what requests say in {@code Authorization}. At most one of the two is set.
 *
 * @param basic user and password with a colon between them (RFC 7617); empty: not this way
 * @param bearer a token (RFC 6750); empty: not this way
 */
public record AuthSettings(Secret basic, Secret bearer) {

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
                    "a token",
                    Pattern.compile("[!-~]*"),
                    () -> new InvalidValue("is not a token", "write printable ASCII without blanks")),
            Secret.NONE,
            "A token (RFC 6750), e.g. `${TOKEN}`, without the word Bearer. This or `basic`, not both.");

    static final Section<AuthSettings> SECTION = KEYS.section();

    /** Requests carry no credentials. */
    public static final AuthSettings NONE = SECTION.defaults();

    /** @throws IllegalArgumentException if a value is out of its range */
    public AuthSettings {
        BASIC.check(basic);
        BEARER.check(bearer);
    }

    /** The value of {@code Authorization}; empty where there is none. */
    public Secret authorization() {
        if (!basic.isEmpty()) {
            byte[] credentials = basic.reveal().getBytes(StandardCharsets.UTF_8);
            return new Secret("Basic " + Base64.getEncoder().encodeToString(credentials));
        }
        return bearer.isEmpty() ? Secret.NONE : new Secret("Bearer " + bearer.reveal());
    }
}
