package io.decant.ingest.server;

import io.decant.ingest.sink.http.VertxHttpTransport;
import io.decant.ingest.source.tcp.Transport;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** The event loops and threads that sources, sinks and lanes share, each put on the stack of what is to be closed. */
final class ThreadPools {

    private ThreadPools() {}

    /** For requests to receivers, and for clients of other systems. */
    static Vertx vertx(int cores, CloseStack closing) {
        VertxOptions options = new VertxOptions()
                .setEventLoopPoolSize(cores)
                .setAddressResolverOptions(VertxHttpTransport.resolver())
                // It serves no files, and must start where the disk of the temporary ones is full. On NIO: Netty's
                // epoll loses a channel that asks for nothing for a while (netty#16689); the TCP source works around
                // it.
                .setFileSystemOptions(new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false));
        return closing.put(Vertx.vertx(options), ThreadPools::close);
    }

    private static void close(Vertx vertx) {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    /** For the connections of TCP sources. */
    static EventLoopGroup eventLoops(int cores, CloseStack closing) {
        return closing.put(Transport.eventLoops(cores, "decant-source"), ThreadPools::close);
    }

    private static void close(EventLoopGroup eventLoops) {
        eventLoops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    /** The lane that splits a batch takes part in it, so these are its help. */
    static ExecutorService assigners(int cores, CloseStack closing) {
        return closing.put(
                Executors.newFixedThreadPool(cores, new DefaultThreadFactory("decant-assign", true)),
                ExecutorService::shutdown);
    }
}
