package io.decant.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A sink of {@code type: http}.
 *
 * @param url where parts are sent to; the braces of its placeholders are percent-encoded
 * @param method of the requests
 * @param contentType empty: that of the format, see {@link #effectiveContentType()}
 * @param maxRecords records of a part
 * @param maxBytes bytes of a part's body
 * @param concurrency requests under way at a time
 * @param timeout of one request
 * @param connectTimeout of a new connection, TLS and tunnel included, see {@link #connectMillis()}
 * @param retryMaxDelay cap of backoff and of {@code Retry-After}
 * @param retryOn statuses after which the same request is sent again
 * @param refuseOn statuses that refuse what was sent
 * @param refusedInARow refused records in a row after which the sink retries instead of making more dead letters; 0: it
 *     never does
 * @param compression of the body; the limits above hold for what is compressed
 * @param tls for https
 * @param auth sent with every request
 * @param proxy of all connections, see {@link #proxyFor}; empty: none
 * @param noProxy hosts to which connections go without it
 * @param signingSecret what requests are signed with, see {@link #signingKey()}; empty: they are not
 * @param headers sent with every request, in file order
 */
public record HttpSinkSettings(
        URI url,
        RequestMethod method,
        BodyFormat format,
        String contentType,
        int maxRecords,
        DataSize maxBytes,
        int concurrency,
        Duration timeout,
        Duration connectTimeout,
        Duration retryMaxDelay,
        List<Integer> retryOn,
        List<Integer> refuseOn,
        int refusedInARow,
        Compression compression,
        TlsSettings tls,
        AuthSettings auth,
        Optional<HttpProxy> proxy,
        List<String> noProxy,
        Secret signingSecret,
        Map<String, Secret> headers)
        implements SinkSettings {

    /** What stands under {@code type}. */
    public static final String TYPE = "http";

    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    private static final SectionKeys<HttpSinkSettings> KEYS = SectionKeys.of(HttpSinkSettings.class);

    static final Setting<HttpSinkSettings, URI> URL = KEYS.required(
            UrlType.TEMPLATE,
            "Where parts of buckets are sent to. Logs and `/status` show it: put secrets into `auth` or `headers`."
                    + " `{batch}` and `{bucket}` in path or query stand for the numbers of batch and bucket, and, with"
                    + " `max-records: 1`, `{key}` for the record's key, percent-encoded.");

    static final Setting<HttpSinkSettings, RequestMethod> METHOD =
            KEYS.optional(Types.constant(RequestMethod.class), RequestMethod.POST, "The method of the requests.");

    static final Setting<HttpSinkSettings, BodyFormat> FORMAT = KEYS.optional(
            Types.choice(BodyFormat.class),
            BodyFormat.LINES,
            "`lines`: each record and a newline. `json`: an array of the records, each unchanged; one that"
                    + " is not JSON goes to the dead letters. `envelope`: for each record a JSON object and a"
                    + " newline, with `key`, `value` (or `value-base64` where it is not UTF-8), `source`, `stream`,"
                    + " `position` and `time`. `counts`: for each key of the batch a line"
                    + " `{\"key\":...,\"count\":...}`, in order of first arrival.");

    static final Setting<HttpSinkSettings, String> CONTENT_TYPE = KEYS.optional(
            Types.text(
                    "a media type",
                    Pattern.compile("|[!-.0-~]{1,127}/[!-.0-~][ -~]{0,255}"),
                    () -> new InvalidValue("is not a media type", "write e.g. text/plain; charset=utf-8")),
            "",
            "Empty: that of the format, `text/plain` for `lines`, `application/json` for `json`,"
                    + " `application/x-ndjson` for `envelope` and `counts`.");

    static final Setting<HttpSinkSettings, Integer> MAX_RECORDS =
            KEYS.optional(Types.wholeNumber(1, 10_000_000), 10_000, "Records of one request.");

    /** A body is held in memory while it is under way, once for each of the concurrent requests. */
    static final Setting<HttpSinkSettings, DataSize> MAX_BYTES = KEYS.optional(
            Types.size("1KiB", "256MiB"),
            DataSize.ofMebibytes(4),
            "Bytes of the body of one request, before it is compressed. A larger record is sent alone.");

    static final Setting<HttpSinkSettings, Integer> CONCURRENCY =
            KEYS.optional(Types.wholeNumber(1, 256), 4, "Requests in flight at a time, all of one bucket.");

    static final Setting<HttpSinkSettings, Duration> TIMEOUT = KEYS.optional(
            Types.duration("1ms", "1d"),
            Duration.ofSeconds(30),
            "How long one request may take, answer included, before it is sent again.");

    static final Setting<HttpSinkSettings, Duration> CONNECT_TIMEOUT = KEYS.optional(
            Types.duration("1ms", "1d"),
            Duration.ofSeconds(10),
            "How long a new connection may take, including the tunnel of a proxy and the TLS handshake; `timeout`, if"
                    + " that is shorter.");

    static final Setting<HttpSinkSettings, Duration> RETRY_MAX_DELAY = KEYS.optional(
            Types.duration("1ms", "1d"),
            Duration.ofMinutes(1),
            "Cap of the backoff between two tries, and of `Retry-After`.");

    private static final ValueType<List<Integer>> STATUSES =
            new ListType<>(Types.wholeNumber(300, 599), "a list of status codes", "none");

    static final Setting<HttpSinkSettings, List<Integer>> RETRY_ON = KEYS.optional(
            STATUSES,
            List.of(),
            "Status codes after which the same request is sent again, whatever they mean by default: `[404, 422]`.");

    static final Setting<HttpSinkSettings, List<Integer>> REFUSE_ON = KEYS.optional(
            STATUSES,
            List.of(),
            "Status codes that refuse what was sent, whatever they mean by default: `[500]`. It is sent again in"
                    + " halves, down to the record that is refused, which goes to the dead letters.");

    /** A start looks for so many of them among the dead letters, and keeps in memory where they stood. */
    public static final int REFUSED_IN_A_ROW_MAX = 100_000;

    static final Setting<HttpSinkSettings, Integer> REFUSED_IN_A_ROW = KEYS.optional(
            Types.wholeNumber(0, REFUSED_IN_A_ROW_MAX),
            1_000,
            "Refused records in a row, without an accepted one in between, after which the sink is"
                    + " `failing`: the last one is retried until it is accepted, and until then nothing else is sent"
                    + " or becomes a dead letter. `0`: no limit.");

    static final Setting<HttpSinkSettings, Compression> COMPRESSION = KEYS.optional(
            Types.choice(Compression.class),
            Compression.NONE,
            "`gzip`: bodies go out compressed, with `Content-Encoding: gzip`.");

    static final Setting<HttpSinkSettings, TlsSettings> TLS =
            KEYS.optional(new SectionType<>(TlsSettings.SECTION), TlsSettings.NONE, "For https.");

    static final Setting<HttpSinkSettings, AuthSettings> AUTH = KEYS.optional(
            new SectionType<>(AuthSettings.SECTION), AuthSettings.NONE, "The header `Authorization` of requests.");

    static final Setting<HttpSinkSettings, Optional<HttpProxy>> PROXY = KEYS.optional(
            HttpProxy.OPTIONAL,
            Optional.empty(),
            "All connections go through a tunnel that this proxy makes (`CONNECT`), to http and https URLs. User and"
                    + " password are never shown; special characters in them are percent-encoded.");

    static final Setting<HttpSinkSettings, List<String>> NO_PROXY = KEYS.optional(
            new ListType<>(
                    Types.text(
                            "a host, `.domain` or `*`",
                            Pattern.compile("\\*|\\[[0-9A-Fa-f:.]{2,45}]|\\.?[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,252})"),
                            () -> new InvalidValue(
                                    "is not a host or a domain",
                                    "write e.g. receiver.internal, .internal or 10.0.0.1, without a port")),
                    "a list of hosts",
                    "none"),
            List.of(),
            "Hosts that are connected to without the proxy: `name` is the host and all below it, `.name` all below it,"
                    + " `*` any.");

    static final Setting<HttpSinkSettings, Secret> SIGNING_SECRET = KEYS.optional(
            SigningSecret.TYPE,
            Secret.NONE,
            "Requests are signed with it according to Standard Webhooks: `webhook-id`,"
                    + " `webhook-timestamp`, `webhook-signature`.");

    static final Setting<HttpSinkSettings, Map<String, Secret>> HEADERS = KEYS.optional(
            new HeadersType(),
            Map.of(),
            "Sent with every request, e.g. `Authorization: Bearer ${TOKEN}`. The values are secrets and"
                    + " are never shown.");

    static final Section<HttpSinkSettings> SECTION = KEYS.section();

    static final ComponentType<HttpSinkSettings> COMPONENT_TYPE = new ComponentType<>(TYPE, "http.md", SECTION);

    /** @throws IllegalArgumentException if a value is out of its range */
    public HttpSinkSettings {
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
        URL.check(url);
        METHOD.check(method);
        FORMAT.check(format);
        CONTENT_TYPE.check(contentType);
        MAX_RECORDS.check(maxRecords);
        MAX_BYTES.check(maxBytes);
        CONCURRENCY.check(concurrency);
        TIMEOUT.check(timeout);
        CONNECT_TIMEOUT.check(connectTimeout);
        RETRY_MAX_DELAY.check(retryMaxDelay);
        RETRY_ON.check(retryOn);
        REFUSE_ON.check(refuseOn);
        REFUSED_IN_A_ROW.check(refusedInARow);
        COMPRESSION.check(compression);
        TLS.check(tls);
        AUTH.check(auth);
        PROXY.check(proxy);
        NO_PROXY.check(noProxy);
        SIGNING_SECRET.check(signingSecret);
        HEADERS.check(headers);
        retryOn = List.copyOf(retryOn);
        refuseOn = List.copyOf(refuseOn);
        noProxy = List.copyOf(noProxy);
    }

    /**
     * A sink that POSTs, without a proxy, to which a status means what it does by default.
     *
     * @throws IllegalArgumentException if a value is out of its range
     */
    public HttpSinkSettings(
            URI url,
            BodyFormat format,
            String contentType,
            int maxRecords,
            DataSize maxBytes,
            int concurrency,
            Duration timeout,
            Duration retryMaxDelay,
            int refusedInARow,
            Compression compression,
            TlsSettings tls,
            AuthSettings auth,
            Secret signingSecret,
            Map<String, Secret> headers) {
        this(
                url,
                RequestMethod.POST,
                format,
                contentType,
                maxRecords,
                maxBytes,
                concurrency,
                timeout,
                CONNECT_TIMEOUT.fallback().orElseThrow(),
                retryMaxDelay,
                List.of(),
                List.of(),
                refusedInARow,
                compression,
                tls,
                auth,
                Optional.empty(),
                List.of(),
                signingSecret,
                headers);
    }

    /**
     * A sink whose requests go out as they are: not compressed, with the platform's trust, without auth and signature;
     * with the default of {@code refused-in-a-row}.
     *
     * @throws IllegalArgumentException if a value is out of its range
     */
    public HttpSinkSettings(
            URI url,
            BodyFormat format,
            String contentType,
            int maxRecords,
            DataSize maxBytes,
            int concurrency,
            Duration timeout,
            Duration retryMaxDelay,
            Map<String, Secret> headers) {
        this(
                url,
                format,
                contentType,
                maxRecords,
                maxBytes,
                concurrency,
                timeout,
                retryMaxDelay,
                REFUSED_IN_A_ROW.fallback().orElseThrow(),
                Compression.NONE,
                TlsSettings.NONE,
                AuthSettings.NONE,
                Secret.NONE,
                headers);
    }

    /** The defaults, delivering to {@code url}. */
    public static HttpSinkSettings defaults(URI url) {
        return SECTION.defaults(URL, url);
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public boolean countsKeys() {
        return format == BodyFormat.COUNTS;
    }

    @Override
    public List<Conflict> conflicts(String path) {
        return HttpSinkRules.conflicts(path, this);
    }

    @Override
    public List<Conflict> bucketConflicts(String path, BucketSettings bucket) {
        return HttpSinkRules.bucketConflicts(path, this, bucket);
    }

    @Override
    public List<Conflict> fileConflicts(String path) {
        List<Conflict> conflicts = new ArrayList<>(TlsFiles.problems(path + ".tls", tls));
        conflicts.addAll(HttpSinkRules.tokenFileConflicts(path, auth));
        return conflicts;
    }

    /** The {@code Content-Type} of a request: the one set, or that of the format. */
    public String effectiveContentType() {
        return contentType.isEmpty() ? format.contentType() : contentType;
    }

    /** The URL with its placeholders in braces, as it is written. */
    public String shownUrl() {
        return UrlType.shown(url.toString());
    }

    /** Whether the URL has this placeholder. */
    public boolean urlHas(String placeholder) {
        return shownUrl().contains("{" + placeholder + "}");
    }

    /** How long a new connection may take, in milliseconds. */
    public int connectMillis() {
        Duration shorter = connectTimeout.compareTo(timeout) < 0 ? connectTimeout : timeout;
        return (int) Math.min(Integer.MAX_VALUE, Math.max(1, shorter.toMillis()));
    }

    /**
     * The proxy by which a host is connected to; empty: without one.
     *
     * @param host as {@link #host(URI)} has it
     */
    public Optional<HttpProxy> proxyFor(String host) {
        return proxy.filter(there -> noProxy.stream().noneMatch(pattern -> covers(pattern, host)));
    }

    private static boolean covers(String pattern, String host) {
        String name = host.toLowerCase(Locale.ROOT);
        String wanted = pattern.toLowerCase(Locale.ROOT);
        if (wanted.equals("*")) {
            return true;
        }
        return wanted.startsWith(".") ? name.endsWith(wanted) : name.equals(wanted) || name.endsWith("." + wanted);
    }

    /** The host of such a URL: a name, which may have an underscore, or an address, an IPv6 one in brackets. */
    public static String host(URI url) {
        return UrlType.host(url);
    }

    /** The port of such a URL, or that of its scheme. */
    public static int port(URI url) {
        int port = UrlType.port(url);
        return port >= 0 ? port : isHttps(url) ? HTTPS_PORT : HTTP_PORT;
    }

    /** Whether such a URL says https. */
    public static boolean isHttps(URI url) {
        return "https".equalsIgnoreCase(url.getScheme());
    }

    /** The URL's host: a name, which may have an underscore, or an address, an IPv6 one in brackets. */
    public String host() {
        return host(url);
    }

    /** The URL's port, or that of its scheme. */
    public int port() {
        return port(url);
    }

    /** Whether the URL says https. */
    public boolean isHttps() {
        return isHttps(url);
    }

    /** The key that requests are signed with; empty where they are not signed. */
    public byte[] signingKey() {
        return signingSecret.isEmpty() ? new byte[0] : SigningSecret.decode(signingSecret.reveal());
    }

    @Override
    public HttpSinkSettings relativeTo(Path folder) {
        return SECTION.with(SECTION.with(this, TLS, tls.relativeTo(folder)), AUTH, auth.relativeTo(folder));
    }

    /**
     * The written form of a secret that requests are signed with, after Standard Webhooks: {@code whsec_} and base64.
     */
    private static final class SigningSecret {

        private static final String PREFIX = "whsec_";
        /** From 192 to 512 bits, as the scheme says. */
        private static final int BYTES_MIN = 24;

        private static final int BYTES_MAX = 64;

        static final ValueType<Secret> TYPE =
                Types.secret("`whsec_` and base64 of 24 to 64 bytes", SigningSecret::check);

        private SigningSecret() {}

        private static void check(String text) {
            if (!text.isEmpty()) {
                decode(text);
            }
        }

        /** @throws InvalidValue if it has not that form */
        static byte[] decode(String text) {
            if (!text.startsWith(PREFIX)) {
                throw new InvalidValue(
                        "does not begin with whsec_", "write it as the receiver gives it: whsec_ and base64");
            }
            byte[] key;
            try {
                key = Base64.getDecoder().decode(text.substring(PREFIX.length()));
            } catch (IllegalArgumentException e) {
                throw new InvalidValue("is not base64 behind whsec_", "write it as the receiver gives it");
            }
            if (key.length < BYTES_MIN || key.length > BYTES_MAX) {
                throw new InvalidValue(
                        "is a key of " + key.length + " bytes",
                        "take " + BYTES_MIN + " to " + BYTES_MAX
                                + ", e.g. whsec_ and what openssl rand -base64 32 prints");
            }
            return key;
        }
    }
}
