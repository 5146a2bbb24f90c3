package io.decant.ingest.admin;

import io.decant.config.Secret;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A request of the admin port, without its body.
 *
 * @param peer who has sent it
 * @param path decoded, without the query and a slash at its end
 * @param host what the request calls this server, a port included, in lower case; empty where it does not say
 * @param origin of the page that sent it, in lower case; empty where no page did
 * @param mediaType of the body, without parameters, in lower case; empty where it does not say
 * @param accept the media types that the client wants, in lower case; empty where it does not say
 * @param site how the page that sent it is related to this server, as browsers say; in lower case; empty where none did
 * @param authorization the field of that name; empty where there is none
 * @param cookies all of them; empty where there are none
 * @param keepAlive whether the client may ask again on the connection
 * @param query as it came, without the question mark; empty where there is none
 * @param cacheControl what the client says of answers that are not new, in lower case; empty where it says nothing
 * @param lastEventId the id of the last event that the client had; empty where it does not say
 */
record AdminRequest(
        Peer peer,
        String method,
        String path,
        String host,
        String origin,
        String mediaType,
        String accept,
        String site,
        Secret authorization,
        Secret cookies,
        boolean keepAlive,
        String query,
        String cacheControl,
        String lastEventId) {

    private static final String LAST_EVENT_ID = "last-event-id";

    private static final String SITE = "sec-fetch-site";

    private static final Pattern ABSOLUTE = Pattern.compile("https?://([^/]*)", Pattern.CASE_INSENSITIVE);

    private static final Pattern RECENT = Pattern.compile("(?:^|[ ,])max-age=0*[1-9]");

    private static final Pattern WEIGHT = Pattern.compile(";\\s*q=([01](?:\\.[0-9]{0,3})?)\\s*(?:;|$)");

    /** What is in the way of reading it; the message is one line for the client. */
    static final class BadRequest extends Exception {
        BadRequest(String message) {
            super(message);
        }
    }

    /** @param basePath below which the same is served as at the root; empty: none */
    static AdminRequest of(HttpRequest request, Peer peer, String basePath) throws BadRequest {
        if (request.protocolVersion().majorVersion() != 1) {
            throw new BadRequest("only HTTP/1.1");
        }
        List<String> hosts = request.headers().getAll(HttpHeaderNames.HOST);
        if (hosts.size() > 1) {
            throw new BadRequest("more than one Host");
        }
        List<String> authorizations = request.headers().getAll(HttpHeaderNames.AUTHORIZATION);
        if (authorizations.size() > 1) {
            throw new BadRequest("more than one Authorization");
        }
        String host = hosts.isEmpty() ? "" : hosts.get(0);
        String target = request.uri();
        Matcher absolute = ABSOLUTE.matcher(target);
        if (absolute.lookingAt()) {
            // What a client tells a proxy; it takes precedence over Host (RFC 9112, section 3.2.2).
            host = absolute.group(1);
            target = absolute.end() == target.length() ? "/" : target.substring(absolute.end());
        }
        String path = below(basePath, path(target));
        boolean mayOmitHost = request.protocolVersion().compareTo(HttpVersion.HTTP_1_1) < 0 || isProbe(path);
        if (host.isBlank() && !mayOmitHost) {
            throw new BadRequest("no Host");
        }
        return new AdminRequest(
                peer,
                request.method().name(),
                path,
                host.strip().toLowerCase(Locale.ROOT),
                field(request, HttpHeaderNames.ORIGIN),
                mediaType(field(request, HttpHeaderNames.CONTENT_TYPE)),
                String.join(",", request.headers().getAll(HttpHeaderNames.ACCEPT))
                        .toLowerCase(Locale.ROOT),
                field(request, SITE),
                new Secret(authorizations.isEmpty() ? "" : authorizations.get(0).strip()),
                new Secret(String.join(";", request.headers().getAll(HttpHeaderNames.COOKIE))),
                HttpUtil.isKeepAlive(request),
                query(target),
                field(request, HttpHeaderNames.CACHE_CONTROL),
                field(request, LAST_EVENT_ID));
    }

    private static String query(String target) {
        int query = target.indexOf('?');
        return query < 0 ? "" : target.substring(query + 1);
    }

    /**
     * The value of a parameter of the query, the first if there are several.
     *
     * @throws IllegalArgumentException where the query has a bad escape
     */
    Optional<String> parameter(String name) {
        List<String> values = new QueryStringDecoder(query, false).parameters().get(name);
        return values == null ? Optional.empty() : Optional.of(values.get(0));
    }

    private static String below(String basePath, String path) {
        if (basePath.isEmpty() || !(path + "/").startsWith(basePath + "/")) {
            return path;
        }
        return path.length() == basePath.length() ? "/" : path.substring(basePath.length());
    }

    /** Whether an answer may be up to a second old (RFC 9111, section 5.2.1.1). */
    boolean takesRecentAnswer() {
        return RECENT.matcher(cacheControl).find();
    }

    /** Whether a script of a page of ours may have sent it. */
    boolean isOfPage() {
        return !site.isEmpty() || SessionCookie.of(this).isPresent();
    }

    /** Whether a browser says that a page of another site has sent it. */
    boolean isOfOtherSite() {
        return site.equals("cross-site") || site.equals("same-site");
    }

    /** Asked by load balancers and orchestrators, which call a server by whatever name or address they have. */
    boolean isProbe() {
        return isProbe(path);
    }

    private static boolean isProbe(String path) {
        return path.equals("/healthz") || path.equals("/readyz");
    }

    private static String path(String target) throws BadRequest {
        String path;
        try {
            path = new QueryStringDecoder(target).path();
        } catch (IllegalArgumentException e) {
            throw new BadRequest("a bad escape in the path");
        }
        if (!path.startsWith("/")) {
            throw new BadRequest("no path");
        }
        int end = path.length();
        while (end > 1 && path.charAt(end - 1) == '/') {
            end--;
        }
        return path.substring(0, end);
    }

    private static String field(HttpRequest request, CharSequence name) {
        String value = request.headers().get(name);
        return value == null ? "" : value.strip().toLowerCase(Locale.ROOT);
    }

    /** Whether the client asked for the format by name, and for plain text no more than for it. */
    boolean prefersOpenMetrics() {
        double wanted = weight("application/openmetrics-text");
        return wanted > 0 && wanted >= weight("text/plain");
    }

    /**
     * Whether the client asked for HTML by name, as browsers do for what they show, and for plain text no more than for
     * it.
     */
    boolean prefersHtml() {
        double wanted = weight("text/html");
        return wanted > 0 && wanted >= weight("text/plain");
    }

    /**
     * How much the client wants a media type that it names (RFC 9110, section 12.5.1), from 0 to 1; 0 where it does not
     * name it.
     */
    private double weight(String type) {
        double weight = 0;
        for (String wanted : accept.split(",", -1)) {
            if (mediaType(wanted).equals(type)) {
                Matcher given = WEIGHT.matcher(wanted);
                weight = Math.max(weight, given.find() ? Double.parseDouble(given.group(1)) : 1);
            }
        }
        return weight;
    }

    private static String mediaType(String contentType) {
        int parameters = contentType.indexOf(';');
        return (parameters < 0 ? contentType : contentType.substring(0, parameters)).strip();
    }
}
