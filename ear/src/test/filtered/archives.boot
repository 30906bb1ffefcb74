deploy --name amqp ${comfyee.root}/server-config/target/apps/amqp.rar
deploy --name worker --contextroot worker ${comfyee.root}/server-config/target/apps/worker.war
