package io.decant.ingest.admin;

import io.decant.config.AdminSettings;
import io.netty.util.NetUtil;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Keeps pages of other sites from this port. A page can have its own name resolve to this server's address (DNS
 * rebinding): the browser then takes the two for one site, but says the name, in {@code Host}. And it can send what it
 * may not read: the browser then says where the page is from, in {@code Origin}.
 */
final class HostCheck {

    private static final Pattern HOST = Pattern.compile("(\\[[^\\[\\]]*]|[^:\\[\\]]*)(?::[0-9]{0,5})?");

    private final Set<String> names = new HashSet<>(Set.of("localhost"));

    HostCheck(AdminSettings settings) {
        names.add(settings.address().host().toLowerCase(Locale.ROOT));
        settings.hosts().forEach(name -> names.add(name.toLowerCase(Locale.ROOT)));
    }

    /** What the request is answered where it may not be served. */
    Optional<Answer> refusal(AdminRequest request) {
        if (request.isProbe()) {
            return Optional.empty();
        }
        // HTTP/1.0 may leave it out; a browser never does.
        if (!request.host().isEmpty() && !isOurs(request.host())) {
            return Optional.of(Answer.text(421, "not a name of this server; add it to admin.hosts if it is\n"));
        }
        if (!request.origin().isEmpty()
                && !request.origin().equals("http://" + request.host())
                && !request.origin().equals("https://" + request.host())) {
            return Optional.of(Answer.text(403, "not for pages of another site\n"));
        }
        return Optional.empty();
    }

    private boolean isOurs(String hostAndPort) {
        Matcher form = HOST.matcher(hostAndPort);
        if (!form.matches()) {
            return false;
        }
        String host = form.group(1);
        if (host.startsWith("[")) {
            return NetUtil.isValidIpV6Address(host.substring(1, host.length() - 1));
        }
        return NetUtil.isValidIpV4Address(host) || names.contains(host);
    }
}
