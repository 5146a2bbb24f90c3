package io.decant.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An address to listen at: {@code host:port}, an IPv6 host in brackets. Nothing is resolved here.
 *
 * @param host a name or a numeric address, an IPv6 one without its brackets
 * @param port 0 to 65535; 0 is any free port
 */
public record HostPort(String host, int port) {
    private static final int PORT_MAX = 65_535;
    private static final Pattern FORM = Pattern.compile("(?:\\[([^\\[\\]]*)]|([^:\\[\\]]*)):([0-9]{1,5})");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,255}");

    public HostPort {
        if (!(host.indexOf(':') >= 0 ? isIpv6(host) : NAME.matcher(host).matches())) {
            throw new InvalidValue("has no valid host", "write host:port, e.g. 127.0.0.1:9999");
        }
        if (port < 0 || port > PORT_MAX) {
            throw new InvalidValue("has a port outside 0 to " + PORT_MAX, "port 0 is any free one");
        }
    }

    /**
     * Reads {@code host:port} or {@code [v6]:port}.
     *
     * @throws IllegalArgumentException whose message says what is wrong and the way out, without the value
     */
    public static HostPort parse(String text) {
        Matcher form = FORM.matcher(text);
        if (form.matches()) {
            boolean bracketed = form.group(1) != null;
            String host = bracketed ? form.group(1) : form.group(2);
            if (bracketed && host.indexOf(':') < 0) {
                throw new InvalidValue("has brackets around what is not IPv6", "write host:port");
            }
            if (host.isEmpty()) {
                throw new InvalidValue("has no host", "write 0.0.0.0:<port> to listen everywhere");
            }
            return new HostPort(host, Integer.parseInt(form.group(3)));
        }
        if (text.indexOf(':') != text.lastIndexOf(':') && text.indexOf('[') < 0) {
            throw new InvalidValue("is not host:port", "put an IPv6 host in brackets, e.g. \"[::1]:9999\"");
        }
        throw new InvalidValue("is not host:port", "write e.g. 127.0.0.1:9999");
    }

    /** A literal in brackets is never looked up by name; a zone is left out of the check, for it may come up later. */
    private static boolean isIpv6(String host) {
        int zone = host.indexOf('%');
        String literal = zone < 0 ? host : host.substring(0, zone);
        if (zone >= 0 && !NAME.matcher(host.substring(zone + 1)).matches()) {
            return false;
        }
        try {
            return InetAddress.getByName("[" + literal + "]") != null;
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** The form that {@link #parse} reads. */
    @Override
    public String toString() {
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }
}
