package io.decant.config;

import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * The section {@code oauth2} of {@code auth}: where a sink gets its access tokens, by the client credentials grant of
 * OAuth 2.0 (RFC 6749, 4.4).
 *
 * @param tokenUrl the token endpoint
 * @param clientId which client this is
 * @param clientSecret its password
 * @param scopes that are asked for; empty: those that the server has by default
 */
public record OAuth2Settings(URI tokenUrl, String clientId, Secret clientSecret, List<String> scopes) {

    private static final SectionKeys<OAuth2Settings> KEYS = SectionKeys.of(OAuth2Settings.class);

    static final Setting<OAuth2Settings, URI> TOKEN_URL = KEYS.required(
            UrlType.HTTP,
            "The token endpoint. `tls`, `proxy`, `connect-timeout` and `timeout` of the sink hold for it, too, but for"
                    + " `tls.server-name`.");

    static final Setting<OAuth2Settings, String> CLIENT_ID = KEYS.required(
            Types.text(
                    "printable ASCII",
                    Pattern.compile("[ -~]{1,1024}"),
                    () -> new InvalidValue("is not a client id", "write printable ASCII, as the server gives it")),
            "Who asks. It goes into a header with `client-secret` (HTTP Basic).");

    static final Setting<OAuth2Settings, Secret> CLIENT_SECRET = KEYS.required(
            Types.secret(
                    "printable ASCII",
                    Pattern.compile("[ -~]{0,4096}"),
                    () -> new InvalidValue("is not a client secret", "write printable ASCII, as the server gives it")),
            "Its password, e.g. `${CLIENT_SECRET}` or `${file:/run/secrets/client}`.");

    /** As RFC 6749 has them. */
    static final Setting<OAuth2Settings, List<String>> SCOPES = KEYS.optional(
            new ListType<>(
                    Types.text(
                            "a scope",
                            Pattern.compile("[!#-\\[\\]-~]{1,256}"),
                            () -> new InvalidValue(
                                    "is not a scope", "write printable ASCII without blanks and quotes")),
                    "a list of scopes",
                    "none"),
            List.of(),
            "What the token is to be good for. `none`: what the server gives without being asked.");

    static final Section<OAuth2Settings> SECTION = KEYS.section();

    /** @throws IllegalArgumentException if a value is out of its range */
    public OAuth2Settings {
        Objects.requireNonNull(tokenUrl, "tokenUrl");
        TOKEN_URL.check(tokenUrl);
        CLIENT_ID.check(clientId);
        CLIENT_SECRET.check(clientSecret);
        SCOPES.check(scopes);
        scopes = List.copyOf(scopes);
    }

    /** Whether the token endpoint is https. */
    public boolean isHttps() {
        return "https".equalsIgnoreCase(tokenUrl.getScheme());
    }
}
