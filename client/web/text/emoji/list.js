// Emoji by group, in the order in which pickers show them. A line: the emoji, its names, and after
// a bar more words to search by. A flag is the two letters of its country.
//
// Made by emoji/make.mjs out of emojibase-data 17.0.0 (MIT, © Miles Johnson). Do not edit.

/** @type {Record<string, string>} */
export const list = {
  'smileys-emotion': `
😀 grinning|smile happy teeth laugh
😃 smiley|happy grinning teeth awesome
😄 smile|happy grinning laugh lol
😁 grin beaming_face|smile happy teeth nice
😆 laughing satisfied lol|smile happy closed grinning
😅 sweat_smile|cold grinning excited nervous
🤣 rofl|happy tear crying laugh
😂 joy lmao|happy tear crying laugh
🙂 slightly_smiling_face|happy
🙃 upside_down_face|smile hehe
🫠 melting_face melt|hot lol haha heat
😉 wink|flirt slide sexy tease
😊 blush|smile glad satisfied
😇 innocent halo|fantasy smile tale fairy
🥰 smiling_face_with_three_hearts|love ily romance you
😍 heart_eyes|love smile ily romance
🤩 star_struck|smile grinning excited wow
😘 kissing_heart|love ily flirt xoxo
😗 kissing|love ily flirt dating
☺️ relaxed smiling_face|happy outlined
😚 kissing_closed_eyes|ily flirt dating date
😙 kissing_smiling_eyes|love ily closed flirt
🥲 smiling_face_with_tear|happy joy proud relieved
😋 yum|food smile full hungry
😛 stuck_out_tongue|sweet party awesome cool
😜 stuck_out_tongue_winking_eye|party yolo crazy epic
🤪 zany_face zany|small large crazy goofy
😝 stuck_out_tongue_closed_eyes|omg whatever yolo gross
🤑 money_mouth_face|paid
🤗 hugs hug hugging|smiling hands
🤭 hand_over_mouth|secret surprise shock oops
🫢 face_with_open_eyes_and_hand_over_mouth gasp|omg scared quiet surprise
🫣 face_with_peeking_eye peek|scared hide embarrass peep
🤫 shushing_face shush|quiet shh
🤔 thinking wtf|hmm chin consider ponder
🫡 saluting_face salute|good luck yes respect
🤐 zipper_mouth_face zipper_mouth|secret quiet keep shut
🤨 raised_eyebrow|surprise what disbelief hmm
😐 neutral_face neutral|whatever unhappy shade awkward
😑 expressionless|not omg whatever unhappy
😶 no_mouth|secret quiet awkward mute
🫥 dotted_line_face|whatever meh hide disappear
😶‍🌫️ face_in_clouds in_clouds|head fog
😏 smirk|flirt shade homie sly
😒 unamused|whatever unhappy bored smh
🙄 roll_eyes rolling_eyes|whatever shade ugh eyeroll
😬 grimacing|smile grinning awkward dentist
😮‍💨 face_exhaling exhale exhaling|smoke blow smiley gasp
🤥 lying_face lying|liar lie pinocchio
🫨 shaking_face shaking|omg surprise wow crazy
🙂‍↔️ head_shaking_horizontally
🙂‍↕️ head_shaking_vertically|yes nod
😌 relieved|peace calm zen
😔 pensive|sad bored awful dejected
😪 sleepy|sad good night tired
🤤 drooling_face drooling
😴 sleeping|whatever good night tired
🫩 face_with_eye_bags|tired bored sleepy weary
😷 mask|cold doctor sick medicine
🤒 face_with_thermometer|sick ill
🤕 face_with_head_bandage|hurt injury ouch
🤢 nauseated_face nauseated|sick gross vomit nasty
🤮 vomiting_face vomiting|sick gross throw barf
🤧 sneezing_face sneezing|sick fever flu
🥵 hot_face hot|heat tongue dying feverish
🥶 cold_face cold|blue teeth freezing frostbite
🥴 woozy_face woozy|dizzy drunk wavy tipsy
😵 dizzy_face knocked_out|dead tired sick
😵‍💫 face_with_spiral_eyes dizzy_eyes|omg confused whoa smiley
🤯 exploding_head|shocked way blown mind
🤠 cowboy_hat_face cowboy cowboy_face|cowgirl
🥳 partying_face hooray partying|happy excited hat birthday
🥸 disguised_face disguised|glasses nose eyebrow spy
😎 sunglasses too_cool|smile beach awesome win
🤓 nerd_face nerd|glasses smart brainy clever
🧐 monocle_face|fancy rich classy stuffy
😕 confused|sad not frown meh
🫤 face_with_diagonal_mouth|whatever meh confused doubt
😟 worried|sad nervous surprised anxious
🙁 slightly_frowning_face|sad
☹️ frowning_face|sad
😮 open_mouth|omg you surprised wow
😯 hushed|omg surprised whoa epic
😲 astonished|omg shocked cost way
😳 flushed|hot dead wow awkward
🫪 distorted_face|surprised shocked bloated panic
🥺 pleading_face pleading|sad not big pretty
🥹 face_holding_back_tears watery_eyes|sad joy cry please
😦 frowning|scared surprise wow what
😧 anguished|unhappy scared surprise wow
😨 fearful|scared anxious blame worried
😰 cold_sweat anxious anxious_face|blue scared nervous yikes
😥 disappointed_relieved|time sad not sweat
😢 cry|sad unhappy tear awful
😭 sob|sad unhappy tear crying
😱 scream|scared surprised shocked epic
😖 confounded|sad mad annoyed cringe
😣 persevere|headache focus
😞 disappointed|sad unhappy awful blame
😓 sweat|sad cold scared nervous
😩 weary|sad unhappy mad tired
😫 tired_face tired|sad nap cost sneeze
🥱 yawning_face yawn yawning|whatever night tired sleep
😤 triumph nose_steam|unhappy mad angry anger
😡 pout rage|red unhappy mad angry
😠 angry|unhappy mad shade upset
🤬 cursing_face censored|mad pissed symbols cussing
😈 smiling_imp|fantasy tale fairy evil
👿 imp|fantasy tale fairy angry
💀 skull|tale fairy monster dead
☠️ skull_and_crossbones|monster dead death bone
💩 hankey poop shit|comic monster smh stink
🤡 clown_face clown
👹 japanese_ogre ogre|fantasy tale fairy monster
👺 japanese_goblin goblin|fantasy tale fairy monster
👻 ghost|fantasy tale fairy monster
👽 alien|fantasy space tale fairy
👾 space_invader|fantasy game tale fairy
🤖 robot|monster
😺 smiley_cat grinning_cat
😸 smile_cat|grinning
😹 joy_cat|tear laugh lol
😻 heart_eyes_cat|love smile
😼 smirk_cat|smile ironic wry
😽 kissing_cat|closed
🙀 scream_cat weary_cat|surprised
😿 crying_cat_face crying_cat|sad tear
😾 pouting_cat
🙈 see_no_evil|forbidden gesture omg scared
🙉 hear_no_evil|forbidden gesture secret monkey
🙊 speak_no_evil|forbidden gesture secret quiet
💌 love_letter|heart romance mail valentine
💘 cupid|arrow heart love ily
💝 gift_heart|ily emotion xoxo kisses
💖 sparkling_heart|ily emotion good night
💗 heartpulse|ily emotion excited xoxo
💓 heartbeat|love ily emotion pulse
💞 revolving_hearts|emotion adorbs
💕 two_hearts|love ily emotion dating
💟 heart_decoration|emotion white purple
❣️ heavy_heart_exclamation|mark
💔 broken_heart|sad emotion break crushed
❤️‍🔥 heart_on_fire|love burn lust sacred
❤️‍🩹 mending_heart|well healthier improving
❤️ heart|love red emotion
🩷 pink_heart|love ily emotion sweet
🧡 orange_heart
💛 yellow_heart|love ily emotion cardiac
💚 green_heart|love ily emotion romantic
💙 blue_heart|love ily emotion romance
🩵 light_blue_heart|love ily emotion like
💜 purple_heart|love ily emotion bestest
🤎 brown_heart
🖤 black_heart|evil wicked
🩶 grey_heart gray_heart|love ily emotion silver
🤍 white_heart
💋 kiss|heart emotion mark romance
💯 100|point full agree fleek
💢 anger|comic mad symbol angry
🫯 fight_cloud|wrestle argument brawl debate
💥 boom collision|comic explode bomb
💫 dizzy|comic star shining shooting
💦 sweat_drops|comic water drip work
💨 dash|cloud comic fast smoke
🕳️ hole
💬 speech_balloon|comic bubble dialog talk
👁️‍🗨️ eye_speech_bubble|balloon witness
🗨️ left_speech_bubble|balloon dialog
🗯️ right_anger_bubble|mad angry balloon
💭 thought_balloon|cloud comic bubble idea
💤 zzz|comic good night tired
`,
  'people-body': `
👋 wave waving_hand|you
🤚 raised_back_of_hand
🖐️ raised_hand_with_fingers_splayed|stop
✋ hand high_five|stop
🖖 vulcan_salute vulcan|finger
🫱 rightwards_hand|hold
🫲 leftwards_hand|hold
🫳 palm_down_hand palm_down|drop
🫴 palm_up_hand palm_up|hold
🫷 leftwards_pushing_hand|hold
🫸 rightwards_pushing_hand|hold
👌 ok_hand|sweet
🤌 pinched_fingers pinch|gesture
🤏 pinching_hand|small
✌️ v|peace
🤞 crossed_fingers|luck
🫰 hand_with_index_finger_and_thumb_crossed|heart
🤟 love_you_gesture|ily
🤘 metal|sign
🤙 call_me_hand|hang
👈 point_left|finger
👉 point_right|finger
👆 point_up_2 point_up|finger
🖕 fu|finger
👇 point_down|finger
☝️ point_up|finger
🫵 index_pointing_at_the_viewer|finger
👍 +1 thumbsup yes|good
👎 -1 thumbsdown no|down
✊ fist|raised
👊 facepunch punch|boom
🤛 fist_left
🤜 fist_right
👏 clap|good
🙌 raised_hands|gesture
🫶 heart_hands|love
👐 open_hands|hug
🤲 palms_up_together|hands
🤝 handshake|shake
🙏 pray folded_hands|gesture
✍️ writing_hand
💅 nail_care nail_polish|whatever
🤳 selfie|phone
💪 muscle right_bicep|bro
🦾 mechanical_arm
🦿 mechanical_leg
🦵 leg|kick
🦶 foot|kick
👂 ear|sound
🦻 ear_with_hearing_aid hearing_aid|hard
👃 nose|body
🧠 brain|smart
🫀 anatomical_heart|red
🫁 lungs|organ
🦷 tooth|white
🦴 bone|dog
👀 eyes|omg
👁️ eye|body
👅 tongue|body
👄 lips mouth|kiss
🫦 biting_lip|flirt
👶 baby|young
🧒 child|young
👦 boy|child
👧 girl|zodiac
🧑 adult
👱 blond_haired_person blond_haired|human
👨 man|adult
🧔 bearded_person|whiskers
👩 woman|adult
🧑‍🦰 person_red_hair red_haired|adult
🧑‍🦱 person_curly_hair curly_haired|adult
🧑‍🦳 person_white_hair white_haired|adult
🧑‍🦲 person_bald bald|adult
🧓 older_adult|wise
👴 older_man|adult
👵 older_woman|adult
🙍 frowning_person|gesture
🙎 pouting_face pouting|frown
🙅 no_good|forbidden
🙆 ok_person all_good|gesture
💁 information_desk_person|whatever
🙋 raising_hand|gesture
🧏 deaf_person|gesture
🙇 bow|gesture
🤦 facepalm|not
🤷 shrug|whatever
🧑‍⚕️ health_worker|doctor
🧑‍🎓 student|graduate
🧑‍🏫 teacher|lecturer
🧑‍⚖️ judge|justice
🧑‍🌾 farmer|gardener
🧑‍🍳 cook|chef
🧑‍🔧 mechanic|plumber
🧑‍🏭 factory_worker|assembly
🧑‍💼 office_worker|business
🧑‍🔬 scientist|biologist
🧑‍💻 technologist|computer
🧑‍🎤 singer|star
🧑‍🎨 artist|palette
🧑‍✈️ pilot|plane
🧑‍🚀 astronaut|space
🧑‍🚒 firefighter
👮 cop|over
🕵️ detective|spy
💂 guard|helmet
🥷 ninja|secret
👷 construction_worker|man
🫅 person_with_crown royalty|monarch
🤴 prince|fantasy
👸 princess|fantasy
👳 person_with_turban|wearing
👲 man_with_gua_pi_mao|hat
🧕 woman_with_headscarf|bandana
🤵 person_in_tuxedo|wedding
👰 person_with_veil|wedding
🤰 pregnant_woman
🫃 pregnant_man|full
🫄 pregnant_person|full
🤱 breast_feeding|woman
🧑‍🍼 person_feeding_baby|newborn
👼 angel|fantasy
🎅 santa|fantasy
🤶 mrs_claus|fantasy
🧑‍🎄 mx_claus|fantasy
🦸 superhero|good
🦹 supervillain|evil
🧙 mage|fantasy
🧚 fairy|fantasy
🧛 vampire|teeth
🧜 merperson|fairytale
🧝 elf|fantasy
🧞 genie|fantasy
🧟 zombie|dead
🧌 troll|fantasy
🫈 hairy_creature|forest
💆 massage|relax
💇 haircut|cut
🚶 walking|man
🧍 standing_person standing
🧎 kneeling_person kneeling
🧑‍🦯 person_with_probing_cane|white
🧑‍🦼 person_in_motorized_wheelchair
🧑‍🦽 person_in_manual_wheelchair
🏃 runner running|fast
🧑‍🩰 ballet_dancer
💃 dancer|woman
🕺 man_dancing|elegant
🕴️ business_suit_levitating levitate levitating
👯 dancers|party
🧖 sauna_person|relax
🧗 climbing|mountain
🤺 person_fencing fencer fencing|sword
🏇 horse_racing|sport
⛷️ skier skiing|snow
🏂 snowboarder snowboarding|sport
🏌️ golfing golfer|ball
🏄 surfer surfing|sport
🚣 rowboat|boat
🏊 swimmer swimming|sport
⛹️ bouncing_ball_person|throw
🏋️ weight_lifting|workout
🚴 bicyclist biking|sport
🚵 mountain_bicyclist|sport
🤸 cartwheeling|happy
🤼 wrestling wrestlers|people
🤽 water_polo|sport
🤾 handball_person handball|ball
🤹 juggling_person juggler juggling|balance
🧘 lotus_position|cross
🛀 bath|taking
🛌 sleeping_bed|good
👭 two_women_holding_hands|flirt
👫 couple|woman
👬 two_men_holding_hands|flirt
💏 couplekiss couple_kiss|heart
💑 couple_with_heart|love
🗣️ speaking_head
👤 bust_in_silhouette|shadow
👥 busts_in_silhouette|bff
🫂 people_hugging|love
👪 family|child
🧑‍🧒 family_aa family_ac|adult
🧑‍🧒‍🧒 family_acc|adult
👣 footprints|clothing
🫆 fingerprint|safety
`,
  'animals-nature': `
🐵 monkey_face|banana
🐒 monkey|banana
🦍 gorilla
🦧 orangutan|monkey
🐶 dog|pet
🐕 dog2 dog|pet
🦮 guide_dog|blind
🐕‍🦺 service_dog
🐩 poodle|dog
🐺 wolf
🦊 fox_face fox
🦝 raccoon|sly
🐱 cat|pet
🐈 cat2 cat|pet
🐈‍⬛ black_cat|halloween
🦁 lion|zodiac
🐯 tiger|cat
🐅 tiger2 tiger|cat
🐆 leopard|cat
🐴 horse|farm
🫎 moose|mammal
🫏 donkey|mammal
🐎 racehorse horse|farm
🦄 unicorn
🦓 zebra|stripe
🦌 deer
🦬 bison|buffalo
🐮 cow|farm
🐂 ox|zodiac
🐃 water_buffalo|zoo
🐄 cow2 cow|farm
🐷 pig|farm
🐖 pig2 pig|farm
🐗 boar|pig
🐽 pig_nose|farm
🐏 ram|zodiac
🐑 sheep ewe|farm
🐐 goat|zodiac
🐪 dromedary_camel|one
🐫 camel|desert
🦙 llama|wool
🦒 giraffe|spots
🐘 elephant
🦣 mammoth|large
🦏 rhinoceros rhino
🦛 hippopotamus hippo
🐭 mouse
🐁 mouse2 mouse|animals
🐀 rat
🐹 hamster|pet
🐰 rabbit|pet
🐇 rabbit2 rabbit|pet
🐿️ chipmunk|squirrel
🦫 beaver|teeth
🦔 hedgehog|spiny
🦇 bat|vampire
🐻 bear|honey
🐻‍❄️ polar_bear|white
🐨 koala|down
🐼 panda_face panda|bamboo
🦥 sloth|lazy
🦦 otter|fishing
🦨 skunk|stink
🦘 kangaroo|marsupial
🦡 badger|honey
🐾 feet paw_prints
🦃 turkey|bird
🐔 chicken|bird
🐓 rooster|bird
🐣 hatching_chick|bird
🐤 baby_chick|bird
🐥 hatched_chick|bird
🐦 bird
🐧 penguin|bird
🕊️ dove|bird
🦅 eagle|bird
🦆 duck|bird
🦢 swan|bird
🦉 owl|bird
🦤 dodo|bird
🪶 feather|bird
🦩 flamingo|bird
🦚 peacock|bird
🦜 parrot|bird
🪽 wing|bird
🐦‍⬛ black_bird|beak
🪿 goose|bird
🐦‍🔥 phoenix|fantasy
🐸 frog
🐊 crocodile|zoo
🐢 turtle|terrapin
🦎 lizard|reptile
🐍 snake|zodiac
🐲 dragon_face|tale
🐉 dragon|tale
🦕 sauropod|dinosaur
🦖 t-rex trex|dinosaur
🐳 whale|beach
🐋 whale2 whale|beach
🐬 dolphin flipper|beach
🫍 orca|ocean
🦭 seal|ocean
🐟 fish|zodiac
🐠 tropical_fish
🐡 blowfish|fish
🦈 shark|fish
🐙 octopus|ocean
🐚 shell|beach
🪸 coral|ocean
🪼 jellyfish|ocean
🦀 crab|zodiac
🦞 lobster|seafood
🦐 shrimp|food
🦑 squid|food
🦪 oyster|pearl
🐌 snail|nature
🦋 butterfly|insect
🐛 bug|insect
🐜 ant|insect
🐝 bee|nature
🪲 beetle|insect
🐞 lady_beetle|nature
🦗 cricket|insect
🪳 cockroach|insect
🕷️ spider|insect
🕸️ spider_web
🦂 scorpion|zodiac
🦟 mosquito|insect
🪰 fly|insect
🪱 worm|annelid
🦠 microbe|science
💐 bouquet|love
🌸 cherry_blossom|plant
💮 white_flower
🪷 lotus|flower
🏵️ rosette|plant
🌹 rose|love
🥀 wilted_flower|dying
🌺 hibiscus|plant
🌻 sunflower|plant
🌼 blossom|plant
🌷 tulip|plant
🪻 hyacinth|plant
🌱 seedling|plant
🪴 potted_plant|house
🌲 evergreen_tree|christmas
🌳 deciduous_tree|green
🌴 palm_tree|plant
🌵 cactus|plant
🌾 ear_of_rice|plant
🌿 herb|plant
☘️ shamrock|plant
🍀 four_leaf_clover|plant
🍁 maple_leaf|falling
🍂 fallen_leaf|autumn
🍃 leaves|leaf
🪹 empty_nest nest|home
🪺 nest_with_eggs|bird
🍄 mushroom|fungus
🪾 leafless_tree|dead
`,
  'food-drink': `
🍇 grapes|fruit
🍈 melon|fruit
🍉 watermelon|fruit
🍊 mandarin orange tangerine|fruit
🍋 lemon|fruit
🍋‍🟩 lime|fruit
🍌 banana|fruit
🍍 pineapple|fruit
🥭 mango|food
🍎 apple|food
🍏 green_apple|fruit
🍐 pear|fruit
🍑 peach|fruit
🍒 cherries|fruit
🍓 strawberry|fruit
🫐 blueberries|food
🥝 kiwi_fruit kiwi|food
🍅 tomato|food
🫒 olive|food
🥥 coconut|palm
🥑 avocado|food
🍆 eggplant|vegetable
🥔 potato|food
🥕 carrot|food
🌽 corn|farm
🌶️ hot_pepper
🫑 bell_pepper|food
🥒 cucumber|food
🥬 leafy_green|salad
🥦 broccoli|cabbage
🧄 garlic|flavoring
🧅 onion|flavoring
🥜 peanuts|food
🫘 beans|food
🌰 chestnut|plant
🫚 ginger_root ginger|beer
🫛 pea_pod pea|vegetable
🍄‍🟫 brown_mushroom|food
🫜 root_vegetable|food
🍞 bread|food
🥐 croissant|food
🥖 baguette_bread|food
🫓 flatbread|food
🥨 pretzel|twisted
🥯 bagel|breakfast
🥞 pancakes|food
🧇 waffle|breakfast
🧀 cheese|wedge
🍖 meat_on_bone
🍗 poultry_leg|hungry
🥩 cut_of_meat|red
🥓 bacon|food
🍔 hamburger|food
🍟 fries|food
🍕 pizza|food
🌭 hotdog|dog
🥪 sandwich|bread
🌮 taco|mexican
🌯 burrito|mexican
🫔 tamale|food
🥙 stuffed_flatbread|food
🧆 falafel|chickpea
🥚 egg|food
🍳 fried_egg cooking|breakfast
🥘 shallow_pan_of_food|casserole
🍲 stew pot_of_food|soup
🫕 fondue|food
🥣 bowl_with_spoon|breakfast
🥗 green_salad salad|food
🍿 popcorn|movie
🧈 butter|dairy
🧂 salt|mad
🥫 canned_food
🍱 bento|food
🍘 rice_cracker|food
🍙 rice_ball|food
🍚 rice|food
🍛 curry|food
🍜 ramen|food
🍝 spaghetti|food
🍠 sweet_potato|food
🍢 oden|food
🍣 sushi|food
🍤 fried_shrimp|prawn
🍥 fish_cake|food
🥮 moon_cake|autumn
🍡 dango|japanese
🥟 dumpling|empanada
🥠 fortune_cookie|prophecy
🥡 takeout_box|food
🍦 icecream soft_serve|food
🍧 shaved_ice|sweet
🍨 ice_cream|food
🍩 doughnut|food
🍪 cookie|sweet
🎂 birthday|sweet
🍰 cake|sweet
🧁 cupcake|sweet
🥧 pie|fruit
🍫 chocolate_bar|sweet
🍬 candy|sweet
🍭 lollipop|food
🍮 custard|sweet
🍯 honey_pot|food
🍼 baby_bottle|drink
🥛 milk_glass milk|drink
☕ coffee|drink
🫖 teapot|food
🍵 tea|drink
🍶 sake|drink
🍾 champagne|drink
🍷 wine_glass|drink
🍸 cocktail|drink
🍹 tropical_drink|bar
🍺 beer|drink
🍻 beers|bar
🥂 clinking_glasses|drink
🥃 tumbler_glass whisky|shot
🫗 pouring_liquid pour|drink
🥤 cup_with_straw|drink
🧋 bubble_tea boba_drink|food
🧃 beverage_box juice_box|sweet
🧉 mate|drink
🧊 ice_cube ice|cold
🥢 chopsticks|hashi
🍽️ plate_with_cutlery|eat
🍴 fork_and_knife|food
🥄 spoon|eat
🔪 hocho knife|tool
🫙 jar|empty
🏺 amphora|tool
`,
  'travel-places': `
🌍 earth_africa earth_europe|world
🌎 earth_americas|world
🌏 earth_asia|world
🌐 globe_with_meridians|world
🗺️ world_map
🗾 japan|map
🧭 compass|direction
🏔️ mountain_snow|cold
⛰️ mountain
🛘 landslide|mountain
🌋 volcano|nature
🗻 mount_fuji|nature
🏕️ camping
🏖️ beach_umbrella beach
🏜️ desert
🏝️ desert_island island
🏞️ national_park
🏟️ stadium
🏛️ classical_building
🏗️ building_construction|crane
🧱 bricks|clay
🪨 rock|heavy
🪵 wood|lumber
🛖 hut|home
🏘️ houses homes
🏚️ derelict_house|home
🏠 house|heart
🏡 house_with_garden|heart
🏢 office|building
🏣 post_office|japanese
🏤 european_post_office|building
🏥 hospital|building
🏦 bank|building
🏨 hotel|building
🏩 love_hotel|building
🏪 convenience_store|building
🏫 school|building
🏬 department_store|building
🏭 factory|building
🏯 japanese_castle|building
🏰 european_castle castle|building
💒 wedding|romance
🗼 tokyo_tower
🗽 statue_of_liberty|new
⛪ church|religion
🕌 mosque|religion
🛕 hindu_temple
🕍 synagogue|religion
⛩️ shinto_shrine|religion
🕋 kaaba|religion
⛲ fountain
⛺ tent|camping
🌁 foggy
🌃 night_with_stars
🏙️ cityscape
🌄 sunrise_over_mountains|morning
🌅 sunrise|nature
🌆 city_sunset city_dusk|building
🌇 city_sunrise city_sunset|building
🌉 bridge_at_night
♨️ hotsprings|steaming
🎠 carousel_horse
🛝 playground_slide slide|park
🎡 ferris_wheel|park
🎢 roller_coaster|park
💈 barber|cut
🎪 circus_tent
🚂 steam_locomotive|travel
🚃 railway_car|travel
🚄 bullettrain_side|railway
🚅 bullettrain_front|travel
🚆 train2 train|railway
🚇 metro|travel
🚈 light_rail|arrived
🚉 station|railway
🚊 tram
🚝 monorail|vehicle
🚞 mountain_railway|car
🚋 train tram_car|bus
🚌 bus|vehicle
🚍 oncoming_bus|cars
🚎 trolleybus|bus
🚐 minibus|vehicle
🚑 ambulance|vehicle
🚒 fire_engine|truck
🚓 police_car|cops
🚔 oncoming_police_car
🚕 taxi|car
🚖 oncoming_taxi|yellow
🚗 car|vehicle
🚘 oncoming_automobile|car
🚙 blue_car suv|sport
🛻 pickup_truck|car
🚚 truck|car
🚛 articulated_lorry|car
🚜 tractor|vehicle
🏎️ racing_car|zoom
🏍️ motorcycle|racing
🛵 motor_scooter
🦽 manual_wheelchair
🦼 motorized_wheelchair
🛺 auto_rickshaw|tuk
🚲 bike bicycle|cycle
🛴 kick_scooter scooter
🛹 skateboard|board
🛼 roller_skate|sport
🚏 busstop|stop
🛣️ motorway|highway
🛤️ railway_track|train
🛢️ oil_drum
⛽ fuelpump|diesel
🛞 wheel|car
🚨 rotating_light|car
🚥 traffic_light|stop
🚦 vertical_traffic_light|stop
🛑 stop_sign|octagonal
🚧 construction|barrier
⚓ anchor|tool
🛟 ring_buoy lifebuoy|safety
⛵ boat|sea
🛶 canoe|boat
🚤 speedboat|travel
🛳️ passenger_ship cruise_ship
⛴️ ferry|boat
🛥️ motor_boat motorboat
🚢 ship|travel
✈️ airplane|travel
🛩️ small_airplane|plane
🛫 flight_departure|plane
🛬 flight_arrival|plane
🪂 parachute|skydive
💺 seat|chair
🚁 helicopter|vehicle
🚟 suspension_railway
🚠 mountain_cableway|ski
🚡 aerial_tramway|car
🛰️ artificial_satellite satellite|space
🚀 rocket|space
🛸 flying_saucer|ufo
🛎️ bellhop_bell bellhop|hotel
🧳 luggage|travel
⌛ hourglass|time
⏳ hourglass_flowing_sand|not
⌚ watch|clock
⏰ alarm_clock|time
⏱️ stopwatch|clock
⏲️ timer_clock
🕰️ mantelpiece_clock clock|time
🕛 clock12|time
🕧 clock1230|time
🕐 clock1|time
🕜 clock130|time
🕑 clock2|time
🕝 clock230|time
🕒 clock3|time
🕞 clock330|time
🕓 clock4|time
🕟 clock430|time
🕔 clock5|time
🕠 clock530|time
🕕 clock6|time
🕡 clock630|thirty
🕖 clock7|seven
🕢 clock730|thirty
🕗 clock8|time
🕣 clock830|time
🕘 clock9|time
🕤 clock930|time
🕙 clock10|ten
🕥 clock1030|time
🕚 clock11|time
🕦 clock1130|time
🌑 new_moon|space
🌒 waxing_crescent_moon|space
🌓 first_quarter_moon|space
🌔 moon|space
🌕 full_moon|space
🌖 waning_gibbous_moon|space
🌗 last_quarter_moon|space
🌘 waning_crescent_moon|space
🌙 crescent_moon|space
🌚 new_moon_with_face|space
🌛 first_quarter_moon_with_face|space
🌜 last_quarter_moon_with_face|dreams
🌡️ thermometer|weather
☀️ sunny sun|space
🌝 full_moon_with_face|bright
🌞 sun_with_face|weather
🪐 ringed_planet saturn
⭐ star|white
🌟 star2 glowing_star|night
🌠 stars|space
🌌 milky_way|space
☁️ cloud|weather
⛅ partly_sunny|weather
⛈️ cloud_with_lightning_and_rain stormy|thunder
🌤️ sun_behind_small_cloud sunny|weather
🌥️ sun_behind_large_cloud cloudy|weather
🌦️ sun_behind_rain_cloud sun_and_rain|weather
🌧️ cloud_with_rain rainy|weather
🌨️ cloud_with_snow snowy|weather
🌩️ cloud_with_lightning lightning|weather
🌪️ tornado|weather
🌫️ fog|weather
🌬️ wind_face|cloud
🌀 cyclone|weather
🌈 rainbow|weather
🌂 closed_umbrella|clothing
☂️ open_umbrella umbrella|clothing
☔ umbrella|clothing
⛱️ parasol_on_ground|sun
⚡ zap high_voltage|nature
❄️ snowflake|weather
☃️ snowman_with_snow snowman2|cold
⛄ snowman|cold
☄️ comet|space
🔥 fire|tool
💧 droplet|sad
🌊 ocean water_wave|nature
`,
  'activities': `
🎃 jack_o_lantern|halloween
🎄 christmas_tree
🎆 fireworks|boom
🎇 sparkler|boom
🧨 firecracker|light
✨ sparkles|star
🎈 balloon|birthday
🎉 tada party party_popper|excited
🎊 confetti_ball|party
🎋 tanabata_tree|japanese
🎍 bamboo|japanese
🎎 dolls|japanese
🎏 flags|carp
🎐 wind_chime|bell
🎑 rice_scene|moon
🧧 red_envelope|money
🎀 ribbon
🎁 gift|box
🎗️ reminder_ribbon
🎟️ tickets|admission
🎫 ticket|admission
🎖️ medal_military|award
🏆 trophy|sport
🏅 medal_sports sports_medal|gold
🥇 1st_place_medal 1st|gold
🥈 2nd_place_medal 2nd|silver
🥉 3rd_place_medal 3rd|bronze
⚽ soccer|ball
⚾ baseball|ball
🥎 softball|ball
🏀 basketball|ball
🏐 volleyball|game
🏈 football|ball
🏉 rugby_football|ball
🎾 tennis|ball
🥏 flying_disc|ultimate
🎳 bowling|game
🏏 cricket_game|ball
🏑 field_hockey|game
🏒 ice_hockey hockey|game
🥍 lacrosse|ball
🏓 ping_pong|game
🏸 badminton|game
🥊 boxing_glove
🥋 martial_arts_uniform|judo
🥅 goal_net
⛳ golf|flag
⛸️ ice_skate
🎣 fishing_pole_and_fish fishing_pole|sport
🤿 diving_mask|scuba
🎽 running_shirt_with_sash|athletics
🎿 ski|sport
🛷 sled|snow
🥌 curling_stone|game
🎯 dart bullseye direct_hit|game
🪀 yo_yo|toy
🪁 kite|fly
🔫 gun pistol|tool
🎱 8ball billiards|game
🔮 crystal_ball|tool
🪄 magic_wand|witch
🎮 video_game controller
🕹️ joystick|game
🎰 slot_machine|game
🎲 game_die|dice
🧩 jigsaw puzzle_piece|clue
🧸 teddy_bear|stuffed
🪅 pinata|party
🪩 mirror_ball disco disco_ball|party
🪆 nesting_dolls|babooshka
♠️ spades|game
♥️ hearts|game
♦️ diamonds|game
♣️ clubs|game
♟️ chess_pawn|dupe
🃏 black_joker|game
🀄 mahjong|game
🎴 flower_playing_cards|japanese
🎭 performing_arts|mask
🖼️ framed_picture|art
🎨 art palette|painting
🧵 thread|needle
🪡 sewing_needle|stitches
🧶 yarn|ball
🪢 knot|tie
`,
  'objects': `
👓 eyeglasses glasses|clothing
🕶️ dark_sunglasses sunglasses|glasses
🥽 goggles|swimming
🥼 lab_coat|white
🦺 safety_vest|emergency
👔 necktie|clothing
👕 shirt|clothing
👖 jeans|clothing
🧣 scarf|cold
🧤 gloves
🧥 coat|cold
🧦 socks|stocking
👗 dress|clothing
👘 kimono|clothing
🥻 sari|clothing
🩱 one_piece_swimsuit|suit
🩲 swim_brief briefs|suit
🩳 shorts|suit
👙 bikini|clothing
👚 womans_clothes|shopping
🪭 folding_hand_fan folding_fan|flirt
👛 purse|clothing
👜 handbag|clothing
👝 pouch clutch_bag|clothing
🛍️ shopping|bag
🎒 school_satchel backpack|education
🩴 thong_sandal|beach
👞 mans_shoe shoe|clothing
👟 athletic_shoe sneaker|clothing
🥾 hiking_boot|shoe
🥿 flat_shoe|ballet
👠 high_heel|clothing
👡 sandal|clothing
🩰 ballet_shoes|dance
👢 boot|clothing
🪮 hair_pick|groom
👑 crown|clothing
👒 womans_hat|clothing
🎩 tophat top_hat|clothing
🎓 mortar_board|clothing
🧢 billed_cap|hat
🪖 military_helmet|soldier
⛑️ rescue_worker_helmet|cross
📿 prayer_beads|clothing
💄 lipstick|date
💍 ring|romance
💎 gem|money
🔇 mute no_sound|quiet
🔈 speaker low_volume quiet_sound|soft
🔉 sound|medium
🔊 loud_sound high_volume|music
📢 loudspeaker|sound
📣 mega|sound
📯 postal_horn
🔔 bell|sound
🔕 no_bell|forbidden
🎼 musical_score|note
🎵 musical_note|sound
🎶 notes|music
🎙️ studio_microphone|music
🎚️ level_slider|music
🎛️ control_knobs|music
🎤 microphone|music
🎧 headphones|sound
📻 radio|video
🎷 saxophone|music
🎺 trumpet|music
🪊 trombone|music
🪗 accordion|music
🎸 guitar|music
🎹 musical_keyboard|piano
🎻 violin|music
🪕 banjo|music
🥁 drum|music
🪘 long_drum|beat
🪇 maracas|music
🪈 flute|music
🪉 harp|love
📱 iphone android mobile_phone|telephone
📲 calling|arrow
☎️ phone
📞 telephone_receiver|phone
📟 pager
📠 fax|machine
🔋 battery
🪫 low_battery|drained
🔌 electric_plug
💻 computer laptop|office
🖥️ desktop_computer computer|monitor
🖨️ printer|computer
⌨️ keyboard|computer
🖱️ computer_mouse
🖲️ trackball|computer
💽 minidisc|computer
💾 floppy_disk|computer
💿 cd optical_disk|computer
📀 dvd|computer
🧮 abacus
🎥 movie_camera|film
🎞️ film_strip film_frames|movie
📽️ film_projector|video
🎬 clapper|movie
📺 tv|video
📷 camera|video
📸 camera_flash|video
📹 video_camera|tbt
📼 vhs|video
🔍 mag|tool
🔎 mag_right|tool
🕯️ candle|light
💡 bulb|light
🔦 flashlight|tool
🏮 izakaya_lantern lantern|red
🪔 diya_lamp|light
📔 notebook_with_decorative_cover|education
📕 closed_book|education
📖 book|fantasy
📗 green_book|fantasy
📘 blue_book|fantasy
📙 orange_book|fantasy
📚 books|fantasy
📓 notebook
📒 ledger|notebook
📃 page_with_curl|paper
📜 scroll|paper
📄 page_facing_up|paper
📰 newspaper|paper
🗞️ newspaper_roll|paper
📑 bookmark_tabs|mark
🔖 bookmark|mark
🏷️ label|tag
🪙 coin|money
💰 moneybag|bank
🪎 treasure_chest|money
💴 yen|money
💵 dollar|money
💶 euro|money
💷 pound|money
💸 money_with_wings|bank
💳 credit_card|money
🧾 receipt|evidence
💹 chart|money
✉️ envelope|letter
📧 e-mail email|mail
📨 incoming_envelope|mail
📩 envelope_with_arrow|down
📤 outbox_tray|box
📥 inbox_tray|box
📦 package|box
📫 mailbox|flag
📪 mailbox_closed|flag
📬 mailbox_with_mail|flag
📭 mailbox_with_no_mail|flag
📮 postbox|mail
🗳️ ballot_box
✏️ pencil2 pencil
✒️ black_nib|pen
🖋️ fountain_pen
🖊️ pen|ballpoint
🖌️ paintbrush
🖍️ crayon
📝 memo pencil|notes
💼 briefcase|office
📁 file_folder
📂 open_file_folder
🗂️ card_index_dividers
📅 date
📆 calendar
🗒️ spiral_notepad|pad
🗓️ spiral_calendar|pad
📇 card_index|old
📈 chart_with_upwards_trend|right
📉 chart_with_downwards_trend|graph
📊 bar_chart|graph
📋 clipboard|notes
📌 pushpin|pin
📍 round_pushpin|map
📎 paperclip
🖇️ paperclips|link
📏 straight_ruler|math
📐 triangular_ruler|math
✂️ scissors|tool
🗃️ card_file_box
🗄️ file_cabinet|paper
🗑️ wastebasket trashcan|can
🔒 lock|closed
🔓 unlock|lock
🔏 lock_with_ink_pen|nib
🔐 closed_lock_with_key|bike
🔑 key|lock
🗝️ old_key|lock
🔨 hammer|tool
🪓 axe|chop
⛏️ pick|tool
⚒️ hammer_and_pick|tool
🛠️ hammer_and_wrench|tool
🗡️ dagger|weapon
⚔️ crossed_swords|weapon
💣 bomb|comic
🪃 boomerang|weapon
🏹 bow_and_arrow|tool
🛡️ shield|weapon
🪚 carpentry_saw|tool
🔧 wrench|tool
🪛 screwdriver|tool
🔩 nut_and_bolt|tool
⚙️ gear|tool
🗜️ clamp compression|tool
⚖️ balance_scale scales|tool
🦯 probing_cane white_cane|blind
🔗 link
⛓️‍💥 broken_chain|break
⛓️ chains
🪝 hook|point
🧰 toolbox|red
🧲 magnet|negative
🪜 ladder|climb
🪏 shovel|plant
⚗️ alembic|tool
🧪 test_tube|science
🧫 petri_dish|lab
🧬 dna double_helix|biologist
🔬 microscope|tool
🔭 telescope|tool
📡 satellite|science
💉 syringe|tool
🩸 drop_of_blood|medicine
💊 pill|doctor
🩹 adhesive_bandage bandaid
🩼 crutch|stick
🩺 stethoscope|heart
🩻 x_ray x-ray xray|doctor
🚪 door|back
🛗 elevator|lift
🪞 mirror|makeup
🪟 window|frame
🛏️ bed|hotel
🛋️ couch_and_lamp|hotel
🪑 chair|seat
🚽 toilet|bathroom
🪠 plunger|toilet
🚿 shower|water
🛁 bathtub
🪤 mouse_trap|cheese
🪒 razor|shave
🧴 lotion_bottle|shampoo
🧷 safety_pin|rock
🧹 broom|cleaning
🧺 basket|farming
🧻 roll_of_paper toilet_paper|towels
🪣 bucket|pail
🧼 soap|bar
🫧 bubbles|clean
🪥 toothbrush|teeth
🧽 sponge|cleaning
🧯 fire_extinguisher|quench
🛒 shopping_cart|trolley
🚬 smoking cigarette
⚰️ coffin|dead
🪦 headstone|dead
⚱️ funeral_urn|death
🧿 nazar_amulet|blue
🪬 hamsa|palm
🗿 moyai moai|travel
🪧 placard|card
🪪 identification_card id_card|document
`,
  'symbols': `
🏧 atm
🚮 put_litter_in_its_place litter_bin
🚰 potable_water
♿ wheelchair handicapped
🚹 mens
🚺 womens
🚻 restroom bathroom
🚼 baby_symbol
🚾 wc water_closet
🛂 passport_control
🛃 customs
🛄 baggage_claim
🛅 left_luggage
⚠️ warning
🚸 children_crossing
⛔ no_entry
🚫 no_entry_sign
🚳 no_bicycles
🚭 no_smoking
🚯 do_not_litter no_littering
🚱 non-potable_water
🚷 no_pedestrians
📵 no_mobile_phones
🔞 underage
☢️ radioactive
☣️ biohazard
⬆️ arrow_up
↗️ arrow_upper_right
➡️ arrow_right
↘️ arrow_lower_right
⬇️ arrow_down
↙️ arrow_lower_left
⬅️ arrow_left
↖️ arrow_upper_left
↕️ arrow_up_down
↔️ left_right_arrow
↩️ leftwards_arrow_with_hook
↪️ arrow_right_hook
⤴️ arrow_heading_up
⤵️ arrow_heading_down
🔃 arrows_clockwise clockwise
🔄 arrows_counterclockwise
🔙 back
🔚 end
🔛 on
🔜 soon
🔝 top
🛐 place_of_worship
⚛️ atom_symbol atom
🕉️ om
✡️ star_of_david
☸️ wheel_of_dharma
☯️ yin_yang
✝️ latin_cross
☦️ orthodox_cross
☪️ star_and_crescent
☮️ peace_symbol peace
🕎 menorah
🔯 six_pointed_star
🪯 khanda
♈ aries
♉ taurus
♊ gemini
♋ cancer
♌ leo
♍ virgo
♎ libra
♏ scorpius
♐ sagittarius
♑ capricorn
♒ aquarius
♓ pisces
⛎ ophiuchus
🔀 twisted_rightwards_arrows shuffle
🔁 repeat
🔂 repeat_one
▶️ arrow_forward play
⏩ fast_forward
⏭️ next_track_button next_track
⏯️ play_or_pause_button play_pause
◀️ arrow_backward reverse
⏪ rewind fast_reverse
⏮️ previous_track_button
🔼 arrow_up_small up
⏫ arrow_double_up fast_up
🔽 arrow_down_small down
⏬ arrow_double_down fast_down
⏸️ pause_button pause
⏹️ stop_button stop
⏺️ record_button record
⏏️ eject_button eject
🎦 cinema
🔅 low_brightness dim_button
🔆 high_brightness
📶 signal_strength antenna_bars
🛜 wireless
📳 vibration_mode
📴 mobile_phone_off
♀️ female_sign female
♂️ male_sign male
⚧️ transgender_symbol
✖️ heavy_multiplication_x multiply
➕ heavy_plus_sign plus
➖ heavy_minus_sign minus
➗ heavy_division_sign divide division
🟰 heavy_equals_sign
♾️ infinity
‼️ bangbang
⁉️ interrobang
❓ question
❔ grey_question
❕ grey_exclamation
❗ exclamation
〰️ wavy_dash
💱 currency_exchange
💲 heavy_dollar_sign
⚕️ medical_symbol medical
♻️ recycle
⚜️ fleur_de_lis fleur-de-lis
🔱 trident
📛 name_badge
🔰 beginner
⭕ o
✅ white_check_mark
☑️ ballot_box_with_check
✔️ heavy_check_mark check_mark
❌ x cross_mark
❎ negative_squared_cross_mark
➰ curly_loop
➿ loop
〽️ part_alternation_mark
✳️ eight_spoked_asterisk
✴️ eight_pointed_black_star
❇️ sparkle
©️ copyright
®️ registered
™️ tm trade_mark
🫟 splatter
#️⃣ hash number_sign
*️⃣ asterisk
0️⃣ zero
1️⃣ one
2️⃣ two
3️⃣ three
4️⃣ four
5️⃣ five
6️⃣ six
7️⃣ seven
8️⃣ eight
9️⃣ nine
🔟 keycap_ten ten
🔠 capital_abcd
🔡 abcd
🔢 1234
🔣 symbols
🔤 abc
🅰️ a
🆎 ab
🅱️ b
🆑 cl
🆒 cool
🆓 free
ℹ️ information_source info
🆔 id
Ⓜ️ m
🆕 new
🆖 ng
🅾️ o2 o o_blood
🆗 ok
🅿️ parking
🆘 sos
🆙 up
🆚 vs
🈁 koko ja_here
🈂️ sa
🈷️ u6708
🈶 u6709
🈯 u6307 ja_reserved
🉐 ideograph_advantage ja_bargain
🈹 u5272 ja_discount
🈚 u7121
🈲 u7981
🉑 accept
🈸 u7533
🈴 u5408
🈳 u7a7a ja_vacancy
㊗️ congratulations
㊙️ secret
🈺 u55b6
🈵 u6e80
🔴 red_circle
🟠 orange_circle
🟡 yellow_circle
🟢 green_circle
🔵 large_blue_circle blue_circle
🟣 purple_circle
🟤 brown_circle
⚫ black_circle
⚪ white_circle
🟥 red_square
🟧 orange_square
🟨 yellow_square
🟩 green_square
🟦 blue_square
🟪 purple_square
🟫 brown_square
⬛ black_large_square
⬜ white_large_square
◼️ black_medium_square
◻️ white_medium_square
◾ black_medium_small_square
◽ white_medium_small_square
▪️ black_small_square
▫️ white_small_square
🔶 large_orange_diamond
🔷 large_blue_diamond
🔸 small_orange_diamond
🔹 small_blue_diamond
🔺 small_red_triangle
🔻 small_red_triangle_down
💠 diamond_shape_with_a_dot_inside
🔘 radio_button
🔳 white_square_button
🔲 black_square_button
`,
  'flags': `
🏁 checkered_flag
🚩 triangular_flag_on_post
🎌 crossed_flags
🏴 black_flag
🏳️ white_flag
🏳️‍🌈 rainbow_flag
🏳️‍⚧️ transgender_flag
🏴‍☠️ pirate_flag jolly_roger
AC ascension_island
AD andorra
AE united_arab_emirates
AF afghanistan
AG antigua_barbuda
AI anguilla
AL albania
AM armenia
AO angola
AQ antarctica
AR argentina
AS american_samoa
AT austria
AU australia
AW aruba
AX aland_islands
AZ azerbaijan
BA bosnia_herzegovina
BB barbados
BD bangladesh
BE belgium
BF burkina_faso
BG bulgaria
BH bahrain
BI burundi
BJ benin
BL st_barthelemy
BM bermuda
BN brunei
BO bolivia
BQ caribbean_netherlands
BR brazil
BS bahamas
BT bhutan
BV bouvet_island
BW botswana
BY belarus
BZ belize
CA canada
CC cocos_islands
CD congo_kinshasa
CF central_african_republic
CG congo_brazzaville
CH switzerland
CI cote_divoire
CK cook_islands
CL chile
CM cameroon
CN cn
CO colombia
CP clipperton_island
CQ sark
CR costa_rica
CU cuba
CV cape_verde
CW curacao
CX christmas_island
CY cyprus
CZ czech_republic
DE de
DG diego_garcia
DJ djibouti
DK denmark
DM dominica
DO dominican_republic
DZ algeria
EA ceuta_melilla
EC ecuador
EE estonia
EG egypt
EH western_sahara
ER eritrea
ES es
ET ethiopia
EU eu
FI finland
FJ fiji
FK falkland_islands
FM micronesia
FO faroe_islands
FR fr
GA gabon
GB gb
GD grenada
GE georgia
GF french_guiana
GG guernsey
GH ghana
GI gibraltar
GL greenland
GM gambia
GN guinea
GP guadeloupe
GQ equatorial_guinea
GR greece
GS south_georgia_south_sandwich_islands
GT guatemala
GU guam
GW guinea_bissau
GY guyana
HK hong_kong
HM heard_mcdonald_islands
HN honduras
HR croatia
HT haiti
HU hungary
IC canary_islands
ID indonesia
IE ireland
IL israel
IM isle_of_man
IN india
IO british_indian_ocean_territory
IQ iraq
IR iran
IS iceland
IT it
JE jersey
JM jamaica
JO jordan
JP jp
KE kenya
KG kyrgyzstan
KH cambodia
KI kiribati
KM comoros
KN st_kitts_nevis
KP north_korea
KR kr
KW kuwait
KY cayman_islands
KZ kazakhstan
LA laos
LB lebanon
LC st_lucia
LI liechtenstein
LK sri_lanka
LR liberia
LS lesotho
LT lithuania
LU luxembourg
LV latvia
LY libya
MA morocco
MC monaco
MD moldova
ME montenegro
MF st_martin
MG madagascar
MH marshall_islands
MK macedonia
ML mali
MM myanmar
MN mongolia
MO macau
MP northern_mariana_islands
MQ martinique
MR mauritania
MS montserrat
MT malta
MU mauritius
MV maldives
MW malawi
MX mexico
MY malaysia
MZ mozambique
NA namibia
NC new_caledonia
NE niger
NF norfolk_island
NG nigeria
NI nicaragua
NL netherlands
NO norway
NP nepal
NR nauru
NU niue
NZ new_zealand
OM oman
PA panama
PE peru
PF french_polynesia
PG papua_new_guinea
PH philippines
PK pakistan
PL poland
PM st_pierre_miquelon
PN pitcairn_islands
PR puerto_rico
PS palestinian_territories
PT portugal
PW palau
PY paraguay
QA qatar
RE reunion
RO romania
RS serbia
RU ru
RW rwanda
SA saudi_arabia
SB solomon_islands
SC seychelles
SD sudan
SE sweden
SG singapore
SH st_helena
SI slovenia
SJ svalbard_jan_mayen
SK slovakia
SL sierra_leone
SM san_marino
SN senegal
SO somalia
SR suriname
SS south_sudan
ST sao_tome_principe
SV el_salvador
SX sint_maarten
SY syria
SZ swaziland
TA tristan_da_cunha
TC turks_caicos_islands
TD chad
TF french_southern_territories
TG togo
TH thailand
TJ tajikistan
TK tokelau
TL timor_leste
TM turkmenistan
TN tunisia
TO tonga
TR tr
TT trinidad_tobago
TV tuvalu
TW taiwan
TZ tanzania
UA ukraine
UG uganda
UM us_outlying_islands
UN united_nations
US us
UY uruguay
UZ uzbekistan
VA vatican_city
VC st_vincent_grenadines
VE venezuela
VG british_virgin_islands
VI us_virgin_islands
VN vietnam
VU vanuatu
WF wallis_futuna
WS samoa
XK kosovo
YE yemen
YT mayotte
ZA south_africa
ZM zambia
ZW zimbabwe
🏴󠁧󠁢󠁥󠁮󠁧󠁿 england flag_gbeng
🏴󠁧󠁢󠁳󠁣󠁴󠁿 scotland flag_gbsct
🏴󠁧󠁢󠁷󠁬󠁳󠁿 wales flag_gbwls
`,
};
