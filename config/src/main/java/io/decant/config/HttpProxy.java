package io.decant.config;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;

/**
 * A proxy that makes tunnels by {@code CONNECT} (RFC 9110, 9.3.6).
 *
 * @param host a name or an address, an IPv6 one in brackets
 * @param user empty: the proxy asks for none
 */
public record HttpProxy(String host, int port, Secret user, Secret password) {

    private static final int DEFAULT_PORT = 3_128;

    /** A proxy or nothing. */
    static final ValueType<Optional<HttpProxy>> OPTIONAL = new ScalarType<>(
            "a proxy",
            "`http://host:port` or `http://user:password@host:port`",
            text -> text.isEmpty() ? Optional.empty() : Optional.of(parse(text)),
            proxy -> proxy.map(HttpProxy::toString).orElse(""),
            proxy -> {},
            UrlType::hideUserInfo);

    public HttpProxy {
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(password, "password");
    }

    private static HttpProxy parse(String text) {
        URI url;
        URI bare;
        String info;
        try {
            url = new URI(text);
            String authority = url.getRawAuthority() == null ? "" : url.getRawAuthority();
            int at = authority.lastIndexOf('@');
            info = authority.substring(0, Math.max(0, at));
            bare = new URI("http://" + authority.substring(at + 1));
        } catch (URISyntaxException e) {
            throw new InvalidValue(
                    "is not a URL", "write http://user:password@host:port, special characters percent-encoded");
        }
        if (!"http".equalsIgnoreCase(url.getScheme())) {
            throw new InvalidValue(
                    "is not an http URL", "write http://host:port; proxies by TLS or SOCKS are not supported");
        }
        String path = url.getRawPath() == null ? "" : url.getRawPath();
        if (!(path.isEmpty() || path.equals("/")) || url.getRawQuery() != null || url.getRawFragment() != null) {
            throw new InvalidValue("has more than a host and a port", "write http://host:port");
        }
        UrlType.checkHost(bare);
        int port = UrlType.port(bare);
        int colon = info.indexOf(':');
        return new HttpProxy(
                UrlType.host(bare),
                port < 0 ? DEFAULT_PORT : port,
                decoded(colon < 0 ? info : info.substring(0, colon)),
                decoded(colon < 0 ? "" : info.substring(colon + 1)));
    }

    /** Percent-encoded as in any URL: a plus is a plus. */
    private static Secret decoded(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < encoded.length; i++) {
            if (encoded[i] == '%') {
                bytes.write(hex(encoded[i + 1]) << 4 | hex(encoded[i + 2]));
                i += 2;
            } else {
                bytes.write(encoded[i]);
            }
        }
        String plain = bytes.toString(StandardCharsets.UTF_8);
        if (plain.chars().anyMatch(Character::isISOControl)) {
            throw new InvalidValue("has a control character in user or password", "");
        }
        return new Secret(plain);
    }

    private static int hex(byte digit) {
        return Character.digit(digit, 16);
    }

    /** What may be shown. */
    @Override
    public String toString() {
        return "http://" + (user.isEmpty() && password.isEmpty() ? "" : Secret.HIDDEN + "@") + host + ":" + port;
    }
}
