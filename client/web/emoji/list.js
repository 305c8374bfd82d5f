// Emoji by group, in the order in which pickers show them. A line: the emoji, its names, and after
// a bar more words to search by.
//
// Made by emoji/make.mjs out of emojibase-data 17.0.0 (MIT, © Miles Johnson). Do not edit.

/** @type {Record<string, string>} */
export const list = {
  'smileys-emotion': `
😀 grinning|cheerful cheery
😃 smiley|awesome big
😄 smile|grin grinning
😁 grin beaming_face|happy nice
😆 laughing satisfied lol|closed grinning
😅 sweat_smile|cold dejected
🤣 rofl|crying floor
😂 joy lmao|crying feels
🙂 slightly_smiling_face|happy smile
🙃 upside_down_face|hehe smile
🫠 melting_face melt|disappear dissolve
😉 wink|flirt sexy
😊 blush|glad satisfied
😇 innocent halo|angel angelic
🥰 smiling_face_with_three_hearts|adore crush
😍 heart_eyes|bae feels
🤩 star_struck|excited grinning
😘 kissing_heart|adorbs bae
😗 kissing|date dating
☺️ relaxed smiling_face|happy outlined
😚 kissing_closed_eyes|bae blush
😙 kissing_smiling_eyes|closed date
🥲 smiling_face_with_tear|glad grateful
😋 yum savoring_food|delicious eat
😛 stuck_out_tongue|awesome cool
😜 stuck_out_tongue_winking_eye|crazy epic
🤪 zany_face zany|crazy goofy
😝 stuck_out_tongue_closed_eyes|gross horrible
🤑 money_mouth_face|paid
🤗 hugs hug hugging|hands smiling
🤭 hand_over_mouth|giggle giggling
🫢 face_with_open_eyes_and_hand_over_mouth gasp|amazement awe
🫣 face_with_peeking_eye peek|embarrass hide
🤫 shushing_face shush|quiet shh
🤔 thinking wtf|chin consider
🫡 saluting_face salute|good luck
🤐 zipper_mouth_face zipper_mouth|keep quiet
🤨 raised_eyebrow|disbelief distrust
😐 neutral_face neutral|awkward blank
😑 expressionless|awkward dead
😶 no_mouth|awkward blank
🫥 dotted_line_face|depressed disappear
😶‍🌫️ face_in_clouds in_clouds|fog head
😏 smirk|boss dapper
😒 unamused|bored fine
🙄 roll_eyes rolling_eyes|eyeroll shade
😬 grimacing|awk awkward
😮‍💨 face_exhaling exhale exhaling|blow blowing
🤥 lying_face lying|liar lie
🫨 shaking_face shaking|crazy daze
🙂‍↔️ head_shaking_horizontally|shake
🙂‍↕️ head_shaking_vertically|nod yes
😌 relieved|calm peace
😔 pensive|awful bored
😪 sleepy|crying good
🤤 drooling_face drooling
😴 sleeping|bed bedtime
🫩 face_with_eye_bags|bored exhausted
😷 mask|cold dentist
🤒 face_with_thermometer|ill sick
🤕 face_with_head_bandage|hurt injury
🤢 nauseated_face nauseated|gross nasty
🤮 vomiting_face face_vomiting vomiting|barf gross
🤧 sneezing_face sneezing|fever flu
🥵 hot_face hot|dying feverish
🥶 cold_face cold|blue freezing
🥴 woozy_face woozy|dizzy drunk
😵 dizzy_face knocked_out|dead feels
😵‍💫 face_with_spiral_eyes dizzy_eyes|confused omg
🤯 exploding_head|blown mind
🤠 cowboy_hat_face cowboy cowboy_face|cowgirl
🥳 partying_face hooray partying|bday birthday
🥸 disguised_face disguised|eyebrow glasses
😎 sunglasses too_cool|awesome beach
🤓 nerd_face nerd|brainy clever
🧐 monocle_face|classy fancy
😕 confused|befuddled dunno
🫤 face_with_diagonal_mouth|confused confusion
😟 worried|anxious nerves
🙁 slightly_frowning_face|sad
☹️ frowning_face|sad
😮 open_mouth|believe forgot
😯 hushed|epic omg
😲 astonished|cost omg
😳 flushed|amazed awkward
🫪 distorted_face|anxiety bloated
🥺 pleading_face pleading|begging big
🥹 face_holding_back_tears watery_eyes|aww cry
😦 frowning|caught guard
😧 anguished|forgot scared
😨 fearful|afraid anxious
😰 cold_sweat anxious anxious_face|blue eek
😥 disappointed_relieved|anxious call
😢 cry|awful feels
😭 sob|bawling cry
😱 scream|epic fear
😖 confounded|annoyed confused
😣 persevere|focus headache
😞 disappointed|awful blame
😓 sweat downcast_face|close cold
😩 weary|crying fail
😫 tired_face tired|cost feels
🥱 yawning_face yawn yawning|bedtime bored
😤 triumph nose_steam|anger angry
😡 pout rage|anger angry
😠 angry|anger blame
🤬 cursing_face censored|cussing mad
😈 smiling_imp|demon devil
👿 imp|angry demon
💀 skull|body dead
☠️ skull_and_crossbones|bone dead
💩 hankey poop shit|comic doo
🤡 clown_face clown
👹 japanese_ogre ogre|creature devil
👺 japanese_goblin goblin|angry creature
👻 ghost|boo creature
👽 alien|creature fairy
👾 space_invader alien_monster|creature fairy
🤖 robot|monster
😺 smiley_cat grinning_cat|smiling
😸 smile_cat|grin grinning
😹 joy_cat|laugh laughing
😻 heart_eyes_cat|love smile
😼 smirk_cat wry_smile_cat|ironic
😽 kissing_cat|closed
🙀 scream_cat weary_cat|surprised
😿 crying_cat_face crying_cat|sad tear
😾 pouting_cat
🙈 see_no_evil|forbidden forgot
🙉 hear_no_evil|ears forbidden
🙊 speak_no_evil|forbidden gesture
💌 love_letter|heart mail
💘 cupid|adorbs arrow
💝 gift_heart|emotion ily
💖 sparkling_heart|emotion excited
💗 heartpulse growing_heart|emotion excited
💓 heartbeat beating_heart|cardio emotion
💞 revolving_hearts|adorbs emotion
💕 two_hearts|date dating
💟 heart_decoration|emotion purple
❣️ heavy_heart_exclamation|mark
💔 broken_heart|break crushed
❤️‍🔥 heart_on_fire|burn love
❤️‍🩹 mending_heart|healthier improving
❤️ heart|emotion love
🩷 pink_heart|adorable cute
🧡 orange_heart
💛 yellow_heart|cardiac emotion
💚 green_heart|emotion ily
💙 blue_heart|emotion ily
🩵 light_blue_heart|cute cyan
💜 purple_heart|bestest emotion
🤎 brown_heart
🖤 black_heart|evil wicked
🩶 grey_heart gray_heart|emotion ily
🤍 white_heart
💋 kiss|dating emotion
💯 100|agree clearly
💢 anger|angry comic
🫯 fight_cloud|argument brawl
💥 boom collision|bomb comic
💫 dizzy|comic shining
💦 sweat_drops|comic drip
💨 dash|away cloud
🕳️ hole
💬 speech_balloon|bubble comic
👁️‍🗨️ eye_speech_bubble|balloon witness
🗨️ left_speech_bubble|balloon dialog
🗯️ right_anger_bubble|angry balloon
💭 thought_balloon|bubble cartoon
💤 zzz|comic good
`,
  'people-body': `
👋 wave waving_hand|bye
🤚 raised_back_of_hand
🖐️ raised_hand_with_fingers_splayed|stop
✋ hand high_five|raised
🖖 vulcan_salute vulcan|finger
🫱 rightwards_hand|hold
🫲 leftwards_hand|hold
🫳 palm_down_hand palm_down|dismiss
🫴 palm_up_hand palm_up|beckon
🫷 leftwards_pushing_hand|block
🫸 rightwards_pushing_hand|block
👌 ok_hand|awesome
🤌 pinched_fingers pinch|gesture
🤏 pinching_hand|amount
✌️ v|peace
🤞 crossed_fingers|luck
🫰 hand_with_index_finger_and_thumb_crossed|expensive
🤟 love_you_gesture|fingers
🤘 metal|finger
🤙 call_me_hand|hang
👈 point_left|backhand
👉 point_right|backhand
👆 point_up_2 point_up|backhand
🖕 fu middle_finger
👇 point_down|backhand
☝️ point_up|finger
🫵 index_pointing_at_the_viewer point_forward|finger
👍 +1 thumbsup yes|good
👎 -1 thumbsdown no|bad
✊ fist|clenched
👊 facepunch fist_oncoming punch|agree
🤛 fist_left
🤜 fist_right
👏 clap|applause
🙌 raised_hands|gesture
🫶 heart_hands|love
👐 open_hands|hug
🤲 palms_up_together|cupped
🤝 handshake|agreement
🙏 pray folded_hands|ask
✍️ writing_hand|write
💅 nail_care nail_polish|bored
🤳 selfie|camera
💪 muscle right_bicep|arm
🦾 mechanical_arm
🦿 mechanical_leg
🦵 leg|bent
🦶 foot|ankle
👂 ear|body
🦻 ear_with_hearing_aid hearing_aid|hard
👃 nose|body
🧠 brain|smart
🫀 anatomical_heart|beat
🫁 lungs|breath
🦷 tooth|dentist
🦴 bone|dog
👀 eyes|body
👁️ eye|body
👅 tongue|body
👄 lips mouth|beauty
🫦 biting_lip|anxious
👶 baby|babies
🧒 child|kid
👦 boy|child
👧 girl|child
🧑 adult
👱 blond_haired_person blond_haired|human
👨 man|adult
🧔 bearded_person|whiskers
👩 woman|adult
🧑‍🦰 person_red_hair red_haired|adult
🧑‍🦱 person_curly_hair curly_haired|adult
🧑‍🦳 person_white_hair white_haired|adult
🧑‍🦲 person_bald bald|adult
🧓 older_adult|elderly
👴 older_man|adult
👵 older_woman|adult
🙍 frowning_person|annoyed
🙎 pouting_face pouting|frown
🙅 no_good|forbidden
🙆 ok_person all_good|exercise
💁 information_desk_person|fetch
🙋 raising_hand|gesture
🧏 deaf_person|ear
🙇 bow|apology
🤦 facepalm|again
🤷 shrug|doubt
🧑‍⚕️ health_worker|doctor
🧑‍🎓 student|graduate
🧑‍🏫 teacher|lecturer
🧑‍⚖️ judge|justice
🧑‍🌾 farmer|gardener
🧑‍🍳 cook|chef
🧑‍🔧 mechanic|plumber
🧑‍🏭 factory_worker|assembly
🧑‍💼 office_worker|architect
🧑‍🔬 scientist|biologist
🧑‍💻 technologist|coder
🧑‍🎤 singer|actor
🧑‍🎨 artist|palette
🧑‍✈️ pilot|plane
🧑‍🚀 astronaut|rocket
🧑‍🚒 firefighter|firetruck
👮 cop|apprehend
🕵️ detective|sleuth
💂 guard|helmet
🥷 ninja|assassin
👷 construction_worker|build
🫅 person_with_crown royalty|monarch
🤴 prince|crown
👸 princess|crown
👳 person_with_turban|wearing
👲 man_with_gua_pi_mao|cap
🧕 woman_with_headscarf|bandana
🤵 person_in_tuxedo|formal
👰 person_with_veil|wedding
🤰 pregnant_woman
🫃 pregnant_man|belly
🫄 pregnant_person|belly
🤱 breast_feeding|baby
🧑‍🍼 person_feeding_baby|nanny
👼 angel|baby
🎅 santa|christmas
🤶 mrs_claus|christmas
🧑‍🎄 mx_claus|christmas
🦸 superhero|good
🦹 supervillain|bad
🧙 mage|fantasy
🧚 fairy|fantasy
🧛 vampire|blood
🧜 merperson|creature
🧝 elf|elves
🧞 genie|djinn
🧟 zombie|dead
🧌 troll|fairy
🫈 hairy_creature|bigfoot
💆 massage|getting
💇 haircut|barber
🚶 walking|amble
🧍 standing_person standing
🧎 kneeling_person kneeling|knees
🧑‍🦯 person_with_probing_cane|blind
🧑‍🦼 person_in_motorized_wheelchair
🧑‍🦽 person_in_manual_wheelchair
🏃 runner running|fast
🧑‍🩰 ballet_dancer
💃 dancer woman_dancing|elegant
🕺 man_dancing|dance
🕴️ business_suit_levitating levitate levitating
👯 dancers|bestie
🧖 sauna_person|day
🧗 climbing|mountain
🤺 person_fencing fencer fencing|sword
🏇 horse_racing|jockey
⛷️ skier person_skiing skiing|snow
🏂 snowboarder snowboarding|ski
🏌️ golfing golfer|ball
🏄 surfer surfing|beach
🚣 rowboat|boat
🏊 swimmer swimming|freestyle
⛹️ bouncing_ball_person|athletic
🏋️ weight_lifting weight_lifter|barbell
🚴 bicyclist biking person_biking|bike
🚵 mountain_bicyclist|bike
🤸 cartwheeling|active
🤼 wrestling wrestlers|combat
🤽 water_polo|playing
🤾 handball_person handball|athletics
🤹 juggling_person juggler juggling|act
🧘 lotus_position|cross
🛀 bath|taking
🛌 sleeping_bed person_in_bed|good
👭 two_women_holding_hands|bae
👫 couple|bae
👬 two_men_holding_hands|bae
💏 couplekiss couple_kiss|babe
💑 couple_with_heart|babe
🗣️ speaking_head
👤 bust_in_silhouette|shadow
👥 busts_in_silhouette|bff
🫂 people_hugging|comfort
👪 family|child
🧑‍🧒 family_aa family_ac|adult
🧑‍🧒‍🧒 family_acc|adult
👣 footprints|barefoot
🫆 fingerprint|clue
`,
  'animals-nature': `
🐵 monkey_face|banana
🐒 monkey|banana
🦍 gorilla
🦧 orangutan|ape
🐶 dog|adorbs
🐕 dog2 dog|animals
🦮 guide_dog|blind
🐕‍🦺 service_dog
🐩 poodle|dog
🐺 wolf
🦊 fox_face fox
🦝 raccoon|curious
🐱 cat|kitten
🐈 cat2 cat|animals
🐈‍⬛ black_cat|feline
🦁 lion|alpha
🐯 tiger|big
🐅 tiger2 tiger|big
🐆 leopard|big
🐴 horse|dressage
🫎 moose|alces
🫏 donkey|ass
🐎 racehorse horse|farm
🦄 unicorn
🦓 zebra|stripe
🦌 deer
🦬 bison|buffalo
🐮 cow|farm
🐂 ox|animals
🐃 water_buffalo|zoo
🐄 cow2 cow|animals
🐷 pig|bacon
🐖 pig2 pig|bacon
🐗 boar|pig
🐽 pig_nose|farm
🐏 ram|aries
🐑 sheep ewe|baa
🐐 goat|capricorn
🐪 dromedary_camel|desert
🐫 camel|bactrian
🦙 llama|alpaca
🦒 giraffe|spots
🐘 elephant
🦣 mammoth|large
🦏 rhinoceros rhino
🦛 hippopotamus hippo
🐭 mouse
🐁 mouse2 mouse|animals
🐀 rat
🐹 hamster|pet
🐰 rabbit|bunny
🐇 rabbit2 rabbit|bunny
🐿️ chipmunk|squirrel
🦫 beaver|dam
🦔 hedgehog|spiny
🦇 bat|vampire
🐻 bear|grizzly
🐻‍❄️ polar_bear|arctic
🐨 koala|australia
🐼 panda_face panda|bamboo
🦥 sloth|lazy
🦦 otter|fishing
🦨 skunk|stink
🦘 kangaroo|joey
🦡 badger|honey
🐾 feet paw_prints
🦃 turkey|bird
🐔 chicken|bird
🐓 rooster|bird
🐣 hatching_chick|baby
🐤 baby_chick|bird
🐥 hatched_chick|baby
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
🪽 wing|angelic
🐦‍⬛ black_bird|beak
🪿 goose|bird
🐦‍🔥 phoenix|ascend
🐸 frog
🐊 crocodile|zoo
🐢 turtle|terrapin
🦎 lizard|reptile
🐍 snake|bearer
🐲 dragon_face|fairy
🐉 dragon|fairy
🦕 sauropod|dinosaur
🦖 t-rex trex|dinosaur
🐳 whale|beach
🐋 whale2 whale|beach
🐬 dolphin flipper|beach
🫍 orca|marine
🦭 seal|lion
🐟 fish|dinner
🐠 tropical_fish
🐡 blowfish|fish
🦈 shark|fish
🐙 octopus|creature
🐚 shell|beach
🪸 coral|change
🪼 jellyfish|aquarium
🦀 crab|cancer
🦞 lobster|bisque
🦐 shrimp|food
🦑 squid|food
🦪 oyster|diving
🐌 snail|escargot
🦋 butterfly|insect
🐛 bug|garden
🐜 ant|garden
🐝 bee|bumblebee
🪲 beetle|bug
🐞 lady_beetle|garden
🦗 cricket|bug
🪳 cockroach|insect
🕷️ spider|insect
🕸️ spider_web
🦂 scorpion|zodiac
🦟 mosquito|bite
🪰 fly|disease
🪱 worm|annelid
🦠 microbe|amoeba
💐 bouquet|birthday
🌸 cherry_blossom|flower
💮 white_flower
🪷 lotus|beauty
🏵️ rosette|plant
🌹 rose|beauty
🥀 wilted_flower|dying
🌺 hibiscus|flower
🌻 sunflower|flower
🌼 blossom|buttercup
🌷 tulip|blossom
🪻 hyacinth|bloom
🌱 seedling|plant
🪴 potted_plant|decor
🌲 evergreen_tree|christmas
🌳 deciduous_tree|forest
🌴 palm_tree|beach
🌵 cactus|desert
🌾 ear_of_rice sheaf_of_rice|grain
🌿 herb|leaf
☘️ shamrock|irish
🍀 four_leaf_clover|irish
🍁 maple_leaf|falling
🍂 fallen_leaf|autumn
🍃 leaves|blow
🪹 empty_nest nest|branch
🪺 nest_with_eggs|bird
🍄 mushroom|fungus
🪾 leafless_tree|bare
`,
  'food-drink': `
🍇 grapes|dionysus
🍈 melon|fruit
🍉 watermelon|fruit
🍊 mandarin orange tangerine|citrus
🍋 lemon|citrus
🍋‍🟩 lime|acidity
🍌 banana|fruit
🍍 pineapple|colada
🥭 mango|food
🍎 apple|diet
🍏 green_apple|fruit
🍐 pear|fruit
🍑 peach|fruit
🍒 cherries|berries
🍓 strawberry|berry
🫐 blueberries|berries
🥝 kiwi_fruit kiwi|food
🍅 tomato|food
🫒 olive|food
🥥 coconut|colada
🥑 avocado|food
🍆 eggplant|aubergine
🥔 potato|food
🥕 carrot|food
🌽 corn|crops
🌶️ hot_pepper
🫑 bell_pepper|capsicum
🥒 cucumber|food
🥬 leafy_green|bok
🥦 broccoli|cabbage
🧄 garlic|flavoring
🧅 onion|flavoring
🥜 peanuts|food
🫘 beans|food
🌰 chestnut|almond
🫚 ginger_root ginger|beer
🫛 pea_pod pea|beans
🍄‍🟫 brown_mushroom|food
🫜 root_vegetable|beet
🍞 bread|carbs
🥐 croissant|bread
🥖 baguette_bread|food
🫓 flatbread|arepa
🥨 pretzel|twisted
🥯 bagel|bakery
🥞 pancakes|breakfast
🧇 waffle|breakfast
🧀 cheese|wedge
🍖 meat_on_bone
🍗 poultry_leg|bone
🥩 cut_of_meat|chop
🥓 bacon|breakfast
🍔 hamburger|burger
🍟 fries|fast
🍕 pizza|cheese
🌭 hotdog|dog
🥪 sandwich|bread
🌮 taco|mexican
🌯 burrito|mexican
🫔 tamale|food
🥙 stuffed_flatbread|falafel
🧆 falafel|chickpea
🥚 egg|breakfast
🍳 fried_egg cooking|breakfast
🥘 shallow_pan_of_food|casserole
🍲 stew pot_of_food|soup
🫕 fondue|cheese
🥣 bowl_with_spoon|breakfast
🥗 green_salad salad|food
🍿 popcorn|corn
🧈 butter|dairy
🧂 salt|condiment
🥫 canned_food
🍱 bento|box
🍘 rice_cracker|food
🍙 rice_ball|food
🍚 rice|cooked
🍛 curry|food
🍜 ramen steaming_bowl|food
🍝 spaghetti|food
🍠 sweet_potato|food
🍢 oden|food
🍣 sushi|food
🍤 fried_shrimp|prawn
🍥 fish_cake|food
🥮 moon_cake|autumn
🍡 dango|dessert
🥟 dumpling|empanada
🥠 fortune_cookie|prophecy
🥡 takeout_box|delivery
🍦 icecream soft_serve|cream
🍧 shaved_ice|dessert
🍨 ice_cream|dessert
🍩 doughnut|breakfast
🍪 cookie|chip
🎂 birthday|bday
🍰 cake|dessert
🧁 cupcake|bakery
🥧 pie|apple
🍫 chocolate_bar|candy
🍬 candy|cavities
🍭 lollipop|candy
🍮 custard|dessert
🍯 honey_pot|barrel
🍼 baby_bottle|babies
🥛 milk_glass glass_of_milk milk|drink
☕ coffee|beverage
🫖 teapot|brew
🍵 tea|beverage
🍶 sake|bar
🍾 champagne|bar
🍷 wine_glass|alcohol
🍸 cocktail|alcohol
🍹 tropical_drink|alcohol
🍺 beer|alcohol
🍻 beers|alcohol
🥂 clinking_glasses|celebrate
🥃 tumbler_glass whisky|liquor
🫗 pouring_liquid pour|accident
🥤 cup_with_straw|drink
🧋 bubble_tea boba_drink|food
🧃 beverage_box juice_box|straw
🧉 mate|drink
🧊 ice_cube ice|cold
🥢 chopsticks|hashi
🍽️ plate_with_cutlery|cooking
🍴 fork_and_knife|breakfast
🥄 spoon|eat
🔪 hocho knife|chef
🫙 jar|condiment
🏺 amphora|aquarius
`,
  'travel-places': `
🌍 earth_africa earth_europe|globe
🌎 earth_americas|globe
🌏 earth_asia|australia
🌐 globe_with_meridians|earth
🗺️ world_map
🗾 japan|map
🧭 compass|direction
🏔️ mountain_snow|cold
⛰️ mountain
🛘 landslide|avalanche
🌋 volcano|eruption
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
🪨 rock|boulder
🪵 wood|log
🛖 hut|home
🏘️ houses homes
🏚️ derelict_house|home
🏠 house|building
🏡 house_with_garden|building
🏢 office|building
🏣 post_office|building
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
💒 wedding|chapel
🗼 tokyo_tower
🗽 statue_of_liberty|new
⛪ church|bless
🕌 mosque|islam
🛕 hindu_temple
🕍 synagogue|jew
⛩️ shinto_shrine|religion
🕋 kaaba|hajj
⛲ fountain
⛺ tent|camping
🌁 foggy
🌃 night_with_stars
🏙️ cityscape
🌄 sunrise_over_mountains|morning
🌅 sunrise|morning
🌆 city_sunset city_dusk|building
🌇 city_sunrise city_sunset|building
🌉 bridge_at_night
♨️ hotsprings|springs
🎠 carousel_horse
🛝 playground_slide slide|amusement
🎡 ferris_wheel|amusement
🎢 roller_coaster|amusement
💈 barber|cut
🎪 circus_tent
🚂 steam_locomotive|caboose
🚃 railway_car|electric
🚄 bullettrain_side|railway
🚅 bullettrain_front|nose
🚆 train2 train|arrived
🚇 metro|subway
🚈 light_rail|arrived
🚉 station|railway
🚊 tram
🚝 monorail|vehicle
🚞 mountain_railway|car
🚋 train tram_car|bus
🚌 bus|school
🚍 oncoming_bus|cars
🚎 trolleybus|bus
🚐 minibus|bus
🚑 ambulance|emergency
🚒 fire_engine|truck
🚓 police_car|cops
🚔 oncoming_police_car
🚕 taxi|cab
🚖 oncoming_taxi|cab
🚗 car|driving
🚘 oncoming_automobile|car
🚙 blue_car suv|drive
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
🚲 bike bicycle|class
🛴 kick_scooter scooter
🛹 skateboard|board
🛼 roller_skate|blades
🚏 busstop|stop
🛣️ motorway|highway
🛤️ railway_track|train
🛢️ oil_drum
⛽ fuelpump|diesel
🛞 wheel|car
🚨 rotating_light|alarm
🚥 traffic_light|signal
🚦 vertical_traffic_light|drove
🛑 stop_sign|octagonal
🚧 construction|barrier
⚓ anchor|ship
🛟 ring_buoy lifebuoy|float
⛵ boat|resort
🛶 canoe|boat
🚤 speedboat|boat
🛳️ passenger_ship cruise_ship
⛴️ ferry|boat
🛥️ motor_boat motorboat
🚢 ship|boat
✈️ airplane|aeroplane
🛩️ small_airplane|aeroplane
🛫 flight_departure|aeroplane
🛬 flight_arrival|aeroplane
🪂 parachute|parasail
💺 seat|chair
🚁 helicopter|copter
🚟 suspension_railway
🚠 mountain_cableway|gondola
🚡 aerial_tramway|cable
🛰️ artificial_satellite satellite|space
🚀 rocket|launch
🛸 flying_saucer|aliens
🛎️ bellhop_bell bellhop|hotel
🧳 luggage|bag
⌛ hourglass|done
⏳ hourglass_flowing_sand|done
⌚ watch|clock
⏰ alarm_clock|hours
⏱️ stopwatch|clock
⏲️ timer_clock
🕰️ mantelpiece_clock clock|time
🕛 clock12|time
🕧 clock1230|thirty
🕐 clock1|one
🕜 clock130|one
🕑 clock2|time
🕝 clock230|thirty
🕒 clock3|three
🕞 clock330|thirty
🕓 clock4|four
🕟 clock430|four
🕔 clock5|five
🕠 clock530|five
🕕 clock6|six
🕡 clock630|six
🕖 clock7|seven
🕢 clock730|seven
🕗 clock8|eight
🕣 clock830|eight
🕘 clock9|nine
🕤 clock930|nine
🕙 clock10|ten
🕥 clock1030|ten
🕚 clock11|eleven
🕦 clock1130|eleven
🌑 new_moon|dark
🌒 waxing_crescent_moon|dreams
🌓 first_quarter_moon|space
🌔 moon|gibbous
🌕 full_moon|space
🌖 waning_gibbous_moon|space
🌗 last_quarter_moon|space
🌘 waning_crescent_moon|space
🌙 crescent_moon|ramadan
🌚 new_moon_with_face|space
🌛 first_quarter_moon_with_face|space
🌜 last_quarter_moon_with_face|dreams
🌡️ thermometer|weather
☀️ sunny sun|bright
🌝 full_moon_with_face|bright
🌞 sun_with_face|beach
🪐 ringed_planet saturn
⭐ star|astronomy
🌟 star2 glowing_star|glittery
🌠 stars shooting_star|falling
🌌 milky_way|space
☁️ cloud|weather
⛅ partly_sunny|behind
⛈️ cloud_with_lightning_and_rain stormy|thunder
🌤️ sun_behind_small_cloud sunny|weather
🌥️ sun_behind_large_cloud cloudy|weather
🌦️ sun_behind_rain_cloud sun_and_rain|weather
🌧️ cloud_with_rain rainy|weather
🌨️ cloud_with_snow snowy|cold
🌩️ cloud_with_lightning lightning|weather
🌪️ tornado|cloud
🌫️ fog|cloud
🌬️ wind_face|blow
🌀 cyclone|dizzy
🌈 rainbow|gay
🌂 closed_umbrella|clothing
☂️ open_umbrella umbrella|clothing
☔ umbrella|clothing
⛱️ parasol_on_ground|rain
⚡ zap high_voltage|danger
❄️ snowflake|cold
☃️ snowman_with_snow snowman2|cold
⛄ snowman|cold
☄️ comet|space
🔥 fire|burn
💧 droplet|cold
🌊 ocean water_wave|nature
`,
  'activities': `
🎃 jack_o_lantern|halloween
🎄 christmas_tree
🎆 fireworks|boom
🎇 sparkler|boom
🧨 firecracker|dynamite
✨ sparkles|magic
🎈 balloon|birthday
🎉 tada party party_popper|awesome
🎊 confetti_ball|celebrate
🎋 tanabata_tree|banner
🎍 bamboo|japanese
🎎 dolls|festival
🎏 flags carp_streamer
🎐 wind_chime|bell
🎑 rice_scene moon_ceremony|viewing
🧧 red_envelope|gift
🎀 ribbon
🎁 gift|birthday
🎗️ reminder_ribbon
🎟️ tickets|admission
🎫 ticket|admission
🎖️ medal_military|award
🏆 trophy|champion
🏅 medal_sports sports_medal|award
🥇 1st_place_medal 1st|first
🥈 2nd_place_medal 2nd|second
🥉 3rd_place_medal 3rd|bronze
⚽ soccer|ball
⚾ baseball|ball
🥎 softball|ball
🏀 basketball|ball
🏐 volleyball|ball
🏈 football|american
🏉 rugby_football|ball
🎾 tennis|ball
🥏 flying_disc|ultimate
🎳 bowling|ball
🏏 cricket_game|ball
🏑 field_hockey|ball
🏒 ice_hockey hockey|game
🥍 lacrosse|ball
🏓 ping_pong|ball
🏸 badminton|birdie
🥊 boxing_glove
🥋 martial_arts_uniform|judo
🥅 goal_net
⛳ golf|flag
⛸️ ice_skate|skating
🎣 fishing_pole_and_fish fishing_pole|sport
🤿 diving_mask|scuba
🎽 running_shirt_with_sash running_shirt|athletics
🎿 ski|snow
🛷 sled|luge
🥌 curling_stone|game
🎯 dart bullseye direct_hit|game
🪀 yo_yo|fluctuate
🪁 kite|fly
🔫 gun pistol|handgun
🎱 8ball billiards|ball
🔮 crystal_ball|fairy
🪄 magic_wand|witch
🎮 video_game controller
🕹️ joystick|game
🎰 slot_machine|casino
🎲 game_die|dice
🧩 jigsaw puzzle_piece|clue
🧸 teddy_bear|plaything
🪅 pinata|candy
🪩 mirror_ball disco disco_ball|dance
🪆 nesting_dolls|babooshka
♠️ spades|card
♥️ hearts|card
♦️ diamonds|card
♣️ clubs|card
♟️ chess_pawn|dupe
🃏 black_joker|card
🀄 mahjong|dragon
🎴 flower_playing_cards|game
🎭 performing_arts|actor
🖼️ framed_picture|art
🎨 art palette|colorful
🧵 thread|needle
🪡 sewing_needle|stitches
🧶 yarn|ball
🪢 knot|cord
`,
  'objects': `
👓 eyeglasses glasses|clothing
🕶️ dark_sunglasses sunglasses|eyewear
🥽 goggles|dive
🥼 lab_coat|clothes
🦺 safety_vest|emergency
👔 necktie|clothing
👕 shirt|blue
👖 jeans|blue
🧣 scarf|bundle
🧤 gloves
🧥 coat|brr
🧦 socks|stocking
👗 dress|clothes
👘 kimono|clothing
🥻 sari|clothing
🩱 one_piece_swimsuit|bathing
🩲 swim_brief briefs|bathing
🩳 shorts|bathing
👙 bikini|bathing
👚 womans_clothes|blouse
🪭 folding_hand_fan folding_fan|clack
👛 purse|clothes
👜 handbag|bag
👝 pouch clutch_bag|clothes
🛍️ shopping|bag
🎒 school_satchel backpack|bag
🩴 thong_sandal|beach
👞 mans_shoe shoe|brown
👟 athletic_shoe sneaker|clothes
🥾 hiking_boot|brown
🥿 flat_shoe|ballet
👠 high_heel|clothes
👡 sandal|clothing
🩰 ballet_shoes|dance
👢 boot|clothes
🪮 hair_pick|afro
👑 crown|clothing
👒 womans_hat|clothes
🎩 tophat top_hat|clothes
🎓 mortar_board|cap
🧢 billed_cap|baseball
🪖 military_helmet|army
⛑️ rescue_worker_helmet|aid
📿 prayer_beads|clothing
💄 lipstick|cosmetics
💍 ring|diamond
💎 gem|diamond
🔇 mute no_sound|quiet
🔈 speaker low_volume quiet_sound|soft
🔉 sound|medium
🔊 loud_sound high_volume|music
📢 loudspeaker|address
📣 mega|cheering
📯 postal_horn
🔔 bell|break
🔕 no_bell|forbidden
🎼 musical_score|note
🎵 musical_note|sound
🎶 notes|music
🎙️ studio_microphone|music
🎚️ level_slider|music
🎛️ control_knobs|music
🎤 microphone|karaoke
🎧 headphones|earbud
📻 radio|tbt
🎷 saxophone|music
🎺 trumpet|music
🪊 trombone|brass
🪗 accordion|box
🎸 guitar|music
🎹 musical_keyboard|piano
🎻 violin|music
🪕 banjo|music
🥁 drum|music
🪘 long_drum|beat
🪇 maracas|cha
🪈 flute|band
🪉 harp|cupid
📱 iphone android mobile_phone|cell
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
💽 minidisc computer_disk|optical
💾 floppy_disk|computer
💿 cd optical_disk|computer
📀 dvd|computer
🧮 abacus
🎥 movie_camera|bollywood
🎞️ film_strip film_frames|cinema
📽️ film_projector|cinema
🎬 clapper|action
📺 tv|video
📷 camera|photo
📸 camera_flash|video
📹 video_camera|camcorder
📼 vhs videocassette|old
🔍 mag|glass
🔎 mag_right|contact
🕯️ candle|light
💡 bulb|comic
🔦 flashlight|electric
🏮 izakaya_lantern lantern|bar
🪔 diya_lamp|light
📔 notebook_with_decorative_cover|book
📕 closed_book|education
📖 book|education
📗 green_book|education
📘 blue_book|education
📙 orange_book|education
📚 books|education
📓 notebook
📒 ledger|notebook
📃 page_with_curl|document
📜 scroll|paper
📄 page_facing_up|document
📰 newspaper|paper
🗞️ newspaper_roll|paper
📑 bookmark_tabs|mark
🔖 bookmark|mark
🏷️ label|tag
🪙 coin|dollar
💰 moneybag|bag
🪎 treasure_chest|gem
💴 yen|bank
💵 dollar|bank
💶 euro|bank
💷 pound|bank
💸 money_with_wings|bank
💳 credit_card|bank
🧾 receipt|evidence
💹 chart|bank
✉️ envelope|email
📧 e-mail email|letter
📨 incoming_envelope|email
📩 envelope_with_arrow|down
📤 outbox_tray|box
📥 inbox_tray|box
📦 package|box
📫 mailbox|closed
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
📝 memo pencil|media
💼 briefcase|office
📁 file_folder
📂 open_file_folder
🗂️ card_index_dividers
📅 date
📆 calendar
🗒️ spiral_notepad|pad
🗓️ spiral_calendar|pad
📇 card_index|old
📈 chart_with_upwards_trend|data
📉 chart_with_downwards_trend|data
📊 bar_chart|data
📋 clipboard|list
📌 pushpin|collage
📍 round_pushpin|location
📎 paperclip
🖇️ paperclips|link
📏 straight_ruler|angle
📐 triangular_ruler|angle
✂️ scissors|cut
🗃️ card_file_box
🗄️ file_cabinet|filing
🗑️ wastebasket trashcan|can
🔒 lock|closed
🔓 unlock|cracked
🔏 lock_with_ink_pen|nib
🔐 closed_lock_with_key|bike
🔑 key|lock
🗝️ old_key|clue
🔨 hammer|home
🪓 axe|chop
⛏️ pick|hammer
⚒️ hammer_and_pick|tool
🛠️ hammer_and_wrench|spanner
🗡️ dagger|knife
⚔️ crossed_swords|weapon
💣 bomb|boom
🪃 boomerang|rebound
🏹 bow_and_arrow|archer
🛡️ shield|weapon
🪚 carpentry_saw|cut
🔧 wrench|home
🪛 screwdriver|flathead
🔩 nut_and_bolt|home
⚙️ gear|cog
🗜️ clamp compression|tool
⚖️ balance_scale scales|justice
🦯 probing_cane white_cane|blind
🔗 link
⛓️‍💥 broken_chain|break
⛓️ chains
🪝 hook|catch
🧰 toolbox|box
🧲 magnet|horseshoe
🪜 ladder|climb
🪏 shovel|bury
⚗️ alembic|chemistry
🧪 test_tube|chemist
🧫 petri_dish|bacteria
🧬 dna double_helix|biologist
🔬 microscope|lab
🔭 telescope|contact
📡 satellite|aliens
💉 syringe|doctor
🩸 drop_of_blood|bleed
💊 pill|doctor
🩹 adhesive_bandage bandaid
🩼 crutch|aid
🩺 stethoscope|doctor
🩻 x_ray x-ray xray|bones
🚪 door|back
🛗 elevator|hoist
🪞 mirror|makeup
🪟 window|air
🛏️ bed|hotel
🛋️ couch_and_lamp|hotel
🪑 chair|seat
🚽 toilet|bathroom
🪠 plunger|cup
🚿 shower|water
🛁 bathtub
🪤 mouse_trap|bait
🪒 razor|sharp
🧴 lotion_bottle|shampoo
🧷 safety_pin|diaper
🧹 broom|cleaning
🧺 basket|farming
🧻 roll_of_paper toilet_paper|towels
🪣 bucket|cask
🧼 soap|bar
🫧 bubbles|burp
🪥 toothbrush|bathroom
🧽 sponge|absorbing
🧯 fire_extinguisher|quench
🛒 shopping_cart|trolley
🚬 smoking cigarette
⚰️ coffin|dead
🪦 headstone|cemetery
⚱️ funeral_urn|ashes
🧿 nazar_amulet|bead
🪬 hamsa|amulet
🗿 moyai moai|statue
🪧 placard|card
🪪 identification_card id_card|document
`,
  'symbols': `
🏧 atm|automated
🚮 put_litter_in_its_place litter_bin|sign
🚰 potable_water|drinking
♿ wheelchair handicapped|access
🚹 mens|bathroom
🚺 womens|bathroom
🚻 restroom bathroom|lavatory
🚼 baby_symbol|changing
🚾 wc water_closet|bathroom
🛂 passport_control
🛃 customs|packing
🛄 baggage_claim|arrived
🛅 left_luggage|baggage
⚠️ warning|caution
🚸 children_crossing|traffic
⛔ no_entry|fail
🚫 no_entry_sign|forbidden
🚳 no_bicycles|bike
🚭 no_smoking|forbidden
🚯 do_not_litter no_littering|forbidden
🚱 non-potable_water|dry
🚷 no_pedestrians|forbidden
📵 no_mobile_phones|cell
🔞 underage|age
☢️ radioactive|sign
☣️ biohazard|sign
⬆️ arrow_up|cardinal
↗️ arrow_upper_right|direction
➡️ arrow_right|cardinal
↘️ arrow_lower_right|direction
⬇️ arrow_down|cardinal
↙️ arrow_lower_left|direction
⬅️ arrow_left|cardinal
↖️ arrow_upper_left|direction
↕️ arrow_up_down
↔️ left_right_arrow
↩️ leftwards_arrow_with_hook|curving
↪️ arrow_right_hook|curving
⤴️ arrow_heading_up|curving
⤵️ arrow_heading_down|curving
🔃 arrows_clockwise clockwise|refresh
🔄 arrows_counterclockwise|again
🔙 back|arrow
🔚 end|arrow
🔛 on|arrow
🔜 soon|arrow
🔝 top|arrow
🛐 place_of_worship|pray
⚛️ atom_symbol atom|atheist
🕉️ om|hindu
✡️ star_of_david|jew
☸️ wheel_of_dharma|buddhist
☯️ yin_yang|difficult
✝️ latin_cross|christ
☦️ orthodox_cross|christian
☪️ star_and_crescent|islam
☮️ peace_symbol peace|healing
🕎 menorah|hanukkah
🔯 six_pointed_star|dotted
🪯 khanda|deg
♈ aries|horoscope
♉ taurus|bull
♊ gemini|horoscope
♋ cancer|crab
♌ leo|horoscope
♍ virgo|horoscope
♎ libra|balance
♏ scorpius|horoscope
♐ sagittarius|archer
♑ capricorn|goat
♒ aquarius|bearer
♓ pisces|fish
⛎ ophiuchus|bearer
🔀 twisted_rightwards_arrows shuffle|button
🔁 repeat|arrow
🔂 repeat_one|arrow
▶️ arrow_forward play|button
⏩ fast_forward|arrow
⏭️ next_track_button next_track|arrow
⏯️ play_or_pause_button play_pause|arrow
◀️ arrow_backward reverse|button
⏪ rewind fast_reverse|arrow
⏮️ previous_track_button|arrow
🔼 arrow_up_small up|button
⏫ arrow_double_up fast_up|button
🔽 arrow_down_small down|button
⏬ arrow_double_down fast_down|button
⏸️ pause_button pause|bar
⏹️ stop_button stop|square
⏺️ record_button record|circle
⏏️ eject_button eject
🎦 cinema|camera
🔅 low_brightness dim_button
🔆 high_brightness bright_button|light
📶 signal_strength antenna_bars|cell
🛜 wireless|broadband
📳 vibration_mode|cell
📴 mobile_phone_off|cell
♀️ female_sign female|woman
♂️ male_sign male|man
⚧️ transgender_symbol
✖️ heavy_multiplication_x multiply|cancel
➕ heavy_plus_sign plus
➖ heavy_minus_sign minus|math
➗ heavy_division_sign divide division|math
🟰 heavy_equals_sign|answer
♾️ infinity|forever
‼️ bangbang|double
⁉️ interrobang|mark
❓ question|mark
❔ grey_question|mark
❕ grey_exclamation|mark
❗ exclamation|mark
〰️ wavy_dash
💱 currency_exchange|bank
💲 heavy_dollar_sign|billion
⚕️ medical_symbol medical|staff
♻️ recycle|symbol
⚜️ fleur_de_lis fleur-de-lis|knights
🔱 trident|anchor
📛 name_badge
🔰 beginner|chevron
⭕ o|circle
✅ white_check_mark|button
☑️ ballot_box_with_check|done
✔️ heavy_check_mark check_mark|done
❌ x cross_mark|cancel
❎ negative_squared_cross_mark|button
➰ curly_loop
➿ loop|curl
〽️ part_alternation_mark
✳️ eight_spoked_asterisk
✴️ eight_pointed_black_star
❇️ sparkle
©️ copyright
®️ registered
™️ tm trade_mark
🫟 splatter|drip
#️⃣ hash number_sign|keycap
*️⃣ asterisk|keycap
0️⃣ zero|keycap
1️⃣ one|keycap
2️⃣ two|keycap
3️⃣ three|keycap
4️⃣ four|keycap
5️⃣ five|keycap
6️⃣ six|keycap
7️⃣ seven|keycap
8️⃣ eight|keycap
9️⃣ nine|keycap
🔟 keycap_ten ten
🔠 capital_abcd|input
🔡 abcd|input
🔢 1234|input
🔣 symbols|input
🔤 abc|alphabet
🅰️ a|blood
🆎 ab|blood
🅱️ b|type
🆑 cl|button
🆒 cool|button
🆓 free|button
ℹ️ information_source info
🆔 id|button
Ⓜ️ m|circle
🆕 new|button
🆖 ng|button
🅾️ o2 o o_blood|button
🆗 ok|button
🅿️ parking|button
🆘 sos|button
🆙 up|button
🆚 vs|button
🈁 koko ja_here|button
🈂️ sa|button
🈷️ u6708|amount
🈶 u6709|button
🈯 u6307 ja_reserved|button
🉐 ideograph_advantage ja_bargain|button
🈹 u5272 ja_discount|button
🈚 u7121|button
🈲 u7981 ja_prohibited|button
🉑 accept|button
🈸 u7533|button
🈴 u5408|button
🈳 u7a7a ja_vacancy|button
㊗️ congratulations|button
㊙️ secret|button
🈺 u55b6|business
🈵 u6e80 ja_no_vacancy|button
🔴 red_circle|geometric
🟠 orange_circle
🟡 yellow_circle
🟢 green_circle
🔵 large_blue_circle blue_circle|geometric
🟣 purple_circle
🟤 brown_circle
⚫ black_circle|geometric
⚪ white_circle|geometric
🟥 red_square|card
🟧 orange_square
🟨 yellow_square|card
🟩 green_square
🟦 blue_square
🟪 purple_square
🟫 brown_square
⬛ black_large_square|geometric
⬜ white_large_square|geometric
◼️ black_medium_square|geometric
◻️ white_medium_square|geometric
◾ black_medium_small_square|geometric
◽ white_medium_small_square|geometric
▪️ black_small_square|geometric
▫️ white_small_square|geometric
🔶 large_orange_diamond|geometric
🔷 large_blue_diamond|geometric
🔸 small_orange_diamond|geometric
🔹 small_blue_diamond|geometric
🔺 small_red_triangle|geometric
🔻 small_red_triangle_down|geometric
💠 diamond_shape_with_a_dot_inside|comic
🔘 radio_button|geometric
🔳 white_square_button|geometric
🔲 black_square_button|geometric
`,
  'flags': `
🏁 checkered_flag|chequered
🚩 triangular_flag_on_post|golf
🎌 crossed_flags|japanese
🏴 black_flag|waving
🏳️ white_flag|waving
🏳️‍🌈 rainbow_flag|bisexual
🏳️‍⚧️ transgender_flag|blue
🏴‍☠️ pirate_flag jolly_roger|plunder
🇦🇨 ascension_island
🇦🇩 andorra
🇦🇪 united_arab_emirates
🇦🇫 afghanistan
🇦🇬 antigua_barbuda
🇦🇮 anguilla
🇦🇱 albania
🇦🇲 armenia
🇦🇴 angola
🇦🇶 antarctica
🇦🇷 argentina
🇦🇸 american_samoa
🇦🇹 austria
🇦🇺 australia
🇦🇼 aruba
🇦🇽 aland_islands
🇦🇿 azerbaijan
🇧🇦 bosnia_herzegovina
🇧🇧 barbados
🇧🇩 bangladesh
🇧🇪 belgium
🇧🇫 burkina_faso
🇧🇬 bulgaria
🇧🇭 bahrain
🇧🇮 burundi
🇧🇯 benin
🇧🇱 st_barthelemy
🇧🇲 bermuda
🇧🇳 brunei
🇧🇴 bolivia
🇧🇶 caribbean_netherlands
🇧🇷 brazil
🇧🇸 bahamas
🇧🇹 bhutan
🇧🇻 bouvet_island
🇧🇼 botswana
🇧🇾 belarus
🇧🇿 belize
🇨🇦 canada
🇨🇨 cocos_islands
🇨🇩 congo_kinshasa
🇨🇫 central_african_republic
🇨🇬 congo_brazzaville
🇨🇭 switzerland
🇨🇮 cote_divoire
🇨🇰 cook_islands
🇨🇱 chile
🇨🇲 cameroon
🇨🇳 cn china
🇨🇴 colombia
🇨🇵 clipperton_island
🇨🇶 sark
🇨🇷 costa_rica
🇨🇺 cuba
🇨🇻 cape_verde
🇨🇼 curacao
🇨🇽 christmas_island
🇨🇾 cyprus
🇨🇿 czech_republic czechia
🇩🇪 de germany
🇩🇬 diego_garcia
🇩🇯 djibouti
🇩🇰 denmark
🇩🇲 dominica
🇩🇴 dominican_republic
🇩🇿 algeria
🇪🇦 ceuta_melilla
🇪🇨 ecuador
🇪🇪 estonia
🇪🇬 egypt
🇪🇭 western_sahara
🇪🇷 eritrea
🇪🇸 es spain
🇪🇹 ethiopia
🇪🇺 eu
🇫🇮 finland
🇫🇯 fiji
🇫🇰 falkland_islands
🇫🇲 micronesia
🇫🇴 faroe_islands
🇫🇷 fr
🇬🇦 gabon
🇬🇧 gb uk
🇬🇩 grenada
🇬🇪 georgia
🇬🇫 french_guiana
🇬🇬 guernsey
🇬🇭 ghana
🇬🇮 gibraltar
🇬🇱 greenland
🇬🇲 gambia
🇬🇳 guinea
🇬🇵 guadeloupe
🇬🇶 equatorial_guinea
🇬🇷 greece
🇬🇸 south_georgia_south_sandwich_islands
🇬🇹 guatemala
🇬🇺 guam
🇬🇼 guinea_bissau
🇬🇾 guyana
🇭🇰 hong_kong
🇭🇲 heard_mcdonald_islands
🇭🇳 honduras
🇭🇷 croatia
🇭🇹 haiti
🇭🇺 hungary
🇮🇨 canary_islands
🇮🇩 indonesia
🇮🇪 ireland
🇮🇱 israel
🇮🇲 isle_of_man
🇮🇳 india
🇮🇴 british_indian_ocean_territory
🇮🇶 iraq
🇮🇷 iran
🇮🇸 iceland
🇮🇹 it
🇯🇪 jersey
🇯🇲 jamaica
🇯🇴 jordan
🇯🇵 jp japan
🇰🇪 kenya
🇰🇬 kyrgyzstan
🇰🇭 cambodia
🇰🇮 kiribati
🇰🇲 comoros
🇰🇳 st_kitts_nevis
🇰🇵 north_korea
🇰🇷 kr south_korea
🇰🇼 kuwait
🇰🇾 cayman_islands
🇰🇿 kazakhstan
🇱🇦 laos
🇱🇧 lebanon
🇱🇨 st_lucia
🇱🇮 liechtenstein
🇱🇰 sri_lanka
🇱🇷 liberia
🇱🇸 lesotho
🇱🇹 lithuania
🇱🇺 luxembourg
🇱🇻 latvia
🇱🇾 libya
🇲🇦 morocco
🇲🇨 monaco
🇲🇩 moldova
🇲🇪 montenegro
🇲🇫 st_martin
🇲🇬 madagascar
🇲🇭 marshall_islands
🇲🇰 macedonia
🇲🇱 mali
🇲🇲 myanmar burma
🇲🇳 mongolia
🇲🇴 macau macao
🇲🇵 northern_mariana_islands
🇲🇶 martinique
🇲🇷 mauritania
🇲🇸 montserrat
🇲🇹 malta
🇲🇺 mauritius
🇲🇻 maldives
🇲🇼 malawi
🇲🇽 mexico
🇲🇾 malaysia
🇲🇿 mozambique
🇳🇦 namibia
🇳🇨 new_caledonia
🇳🇪 niger
🇳🇫 norfolk_island
🇳🇬 nigeria
🇳🇮 nicaragua
🇳🇱 netherlands
🇳🇴 norway
🇳🇵 nepal
🇳🇷 nauru
🇳🇺 niue
🇳🇿 new_zealand
🇴🇲 oman
🇵🇦 panama
🇵🇪 peru
🇵🇫 french_polynesia
🇵🇬 papua_new_guinea
🇵🇭 philippines
🇵🇰 pakistan
🇵🇱 poland
🇵🇲 st_pierre_miquelon
🇵🇳 pitcairn_islands
🇵🇷 puerto_rico
🇵🇸 palestinian_territories
🇵🇹 portugal
🇵🇼 palau
🇵🇾 paraguay
🇶🇦 qatar
🇷🇪 reunion
🇷🇴 romania
🇷🇸 serbia
🇷🇺 ru
🇷🇼 rwanda
🇸🇦 saudi_arabia
🇸🇧 solomon_islands
🇸🇨 seychelles
🇸🇩 sudan
🇸🇪 sweden
🇸🇬 singapore
🇸🇭 st_helena
🇸🇮 slovenia
🇸🇯 svalbard_jan_mayen
🇸🇰 slovakia
🇸🇱 sierra_leone
🇸🇲 san_marino
🇸🇳 senegal
🇸🇴 somalia
🇸🇷 suriname
🇸🇸 south_sudan
🇸🇹 sao_tome_principe
🇸🇻 el_salvador
🇸🇽 sint_maarten
🇸🇾 syria
🇸🇿 swaziland eswatini
🇹🇦 tristan_da_cunha
🇹🇨 turks_caicos_islands
🇹🇩 chad
🇹🇫 french_southern_territories
🇹🇬 togo
🇹🇭 thailand
🇹🇯 tajikistan
🇹🇰 tokelau
🇹🇱 timor_leste
🇹🇲 turkmenistan
🇹🇳 tunisia
🇹🇴 tonga
🇹🇷 tr
🇹🇹 trinidad_tobago
🇹🇻 tuvalu
🇹🇼 taiwan
🇹🇿 tanzania
🇺🇦 ukraine
🇺🇬 uganda
🇺🇲 us_outlying_islands
🇺🇳 united_nations un
🇺🇸 us united_states
🇺🇾 uruguay
🇺🇿 uzbekistan
🇻🇦 vatican_city
🇻🇨 st_vincent_grenadines
🇻🇪 venezuela
🇻🇬 british_virgin_islands
🇻🇮 us_virgin_islands
🇻🇳 vietnam
🇻🇺 vanuatu
🇼🇫 wallis_futuna
🇼🇸 samoa
🇽🇰 kosovo
🇾🇪 yemen
🇾🇹 mayotte
🇿🇦 south_africa
🇿🇲 zambia
🇿🇼 zimbabwe
🏴󠁧󠁢󠁥󠁮󠁧󠁿 england flag_gbeng
🏴󠁧󠁢󠁳󠁣󠁴󠁿 scotland flag_gbsct
🏴󠁧󠁢󠁷󠁬󠁳󠁿 wales flag_gbwls
`,
};
