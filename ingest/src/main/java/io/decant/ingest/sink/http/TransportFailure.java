package io.decant.ingest.sink.http;

import io.decant.ingest.sink.OneLine;
import io.decant.ingest.sink.Outcome;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.proxy.ProxyConnectException;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.StreamResetException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/** Tells by an exception of Vert.x, Netty or the JDK why there was no answer. */
final class TransportFailure {

    private static final int MESSAGE_CHARS_MAX = 200;
    private static final int CAUSES_MAX = 8;

    /** Proxy, host, port and status. */
    private static final Pattern TUNNEL_REFUSED =
            Pattern.compile(", /?(\\S+) => ([^\\s/]*)/?\\S*?(:[0-9]+), status: ([0-9]{3})");

    private TransportFailure() {}

    /** The failure that the exception stands for: that of the first of its causes that is known. */
    static Outcome.Failed of(Throwable thrown) {
        Throwable cause = thrown;
        for (int depth = 0; cause != null && depth < CAUSES_MAX; depth++) {
            if (cause instanceof ProxyConnectException) {
                return ofProxy(message(cause));
            }
            Outcome.Kind kind = kind(cause);
            if (kind == Outcome.Kind.TLS) {
                String described = TlsFailure.describe(cause).orElse(message(cause));
                return new Outcome.Failed(kind, OneLine.of(described, MESSAGE_CHARS_MAX));
            }
            if (kind != null) {
                return new Outcome.Failed(kind, message(cause));
            }
            cause = cause.getCause();
        }
        return new Outcome.Failed(Outcome.Kind.PROTOCOL, message(thrown));
    }

    /** What Netty says of a tunnel that a proxy did not make, in the words of {@link ConnectTunnel}. */
    private static Outcome.Failed ofProxy(String message) {
        Matcher refused = TUNNEL_REFUSED.matcher(message);
        if (!refused.find()) {
            Outcome.Kind kind = message.endsWith("timeout") ? Outcome.Kind.TIMEOUT : Outcome.Kind.CONNECT;
            return new Outcome.Failed(kind, "no tunnel: " + message);
        }
        return new Outcome.Failed(
                ConnectTunnel.kindOf(Integer.parseInt(refused.group(4))),
                "the proxy " + refused.group(1) + " answers " + refused.group(4) + " to CONNECT " + refused.group(2)
                        + refused.group(3));
    }

    private static Outcome.Kind kind(Throwable cause) {
        if (cause instanceof AnswerException answer) {
            return answer.kind();
        }
        if (cause instanceof ConnectTimeoutException || cause instanceof TimeoutException) {
            return Outcome.Kind.TIMEOUT;
        }
        if (cause instanceof UnknownHostException) {
            return Outcome.Kind.DNS;
        }
        if (cause instanceof ConnectException || cause instanceof NoRouteToHostException) {
            return Outcome.Kind.CONNECT;
        }
        if (cause instanceof SSLException || cause instanceof CertificateException) {
            return Outcome.Kind.TLS;
        }
        if (cause instanceof HttpClosedException
                || cause instanceof StreamResetException
                || cause instanceof IOException) {
            return Outcome.Kind.RESET;
        }
        return null;
    }

    private static String message(Throwable cause) {
        String message = cause.getMessage();
        return OneLine.of(message == null ? cause.getClass().getSimpleName() : message, MESSAGE_CHARS_MAX);
    }
}
